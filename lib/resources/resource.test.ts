import { describe, expect, it } from 'vitest'
import { byName, guardedBy } from './resource'

const rule = { id: 'r1', type: 'detection_rule', name: 'DR-0417' }
const config = { id: 'c1', type: 'config', name: 'dr-0417' }
const names = byName([rule, { id: 'x', type: 'config', name: 'edge/waf.yaml' }])
const ids = (action: Parameters<typeof guardedBy>[1], of = names) => guardedBy(of, action).map(({ id }) => id)

describe('guardedBy', () => {
  it('sees what an action names as its resource, however it is spelled and whatever type it is given', () => {
    for (const id of ['DR-0417', 'dr-0417', ' DR-0417 ', 'ＤＲ-0417'])
      for (const type of ['detection_rule', 'host'])
        expect(ids({ arguments: {}, resource: { type, id } })).toEqual(['r1'])
  })

  it('sees a name that stands in the arguments alone, at any depth', () => {
    expect(ids({ arguments: { edits: [{ target: 'dr-0417' }] }, resource: null })).toEqual(['r1'])
    expect(ids({ arguments: { edits: [{ target: 'dr-0418' }] }, resource: { type: 'rule', id: 'DR-0418' } })).toEqual(
      [],
    )
  })

  it('puts the resource it names before those its arguments name, and the right type before another', () => {
    const both = byName([rule, config])
    expect(ids({ arguments: {}, resource: { type: 'config', id: 'DR-0417' } }, both)).toEqual(['c1', 'r1'])
    expect(ids({ arguments: { f: 'edge/waf.yaml' }, resource: { type: 'x', id: 'DR-0417' } })).toEqual(['r1', 'x'])
  })

  it('does not look inside longer texts, and says nothing where nothing is protected', () => {
    expect(ids({ arguments: { command: 'disable DR-0417' }, resource: null })).toEqual([])
    expect(ids({ arguments: { a: 'DR-0417' }, resource: null }, byName([]))).toEqual([])
  })
})
