import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { boundarySchema } from './json-schema'
import { BOUNDARY_KEYS, parseBoundary } from './parse'
import { templateFor } from './template'

const validator = new Validator(boundarySchema(new URL('https://countersign.example')), '2020-12')
/** As an editor reads it: YAML's own types. */
const takes = (source: string) => validator.validate(parse(source)).valid
const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guides/boundary.md'), 'utf8')

describe('the schema for editors', () => {
  test('knows every key of the language, and no other', () => {
    const { properties } = boundarySchema(new URL('https://countersign.example'))
    expect(Object.keys(properties as object).toSorted()).toEqual([...BOUNDARY_KEYS].toSorted())
  })

  test.each([
    ['the example of the guide', /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''],
    ['a first draft', templateFor('support-triage')],
    [
      'everything a rule may say',
      'agent: a1\napproval_required:\n  - {tool: x, when: args.n > 1, reason: y, by: [ciso, "team:a"], approvals: 2, within: 4h, passkey: true}\n  - {tool: v, passkey: both}\n  - {tool: y, by: [owner, ciso], in_order: true, then: {escalate_to: on_call, after: 1h}}\n  - {tool: z, then: [{escalate_to: [ciso], after: 1h}, {escalate_to: on_call, after: 2h}]}\nautonomous: [{tool: y, override: z}]\nsurfaces: {tools: {never: [q]}, data: {never: [secrets]}}\nprotected: [config/*]\nsandbox: {isolated: true, egress: allowlist, hosts: [a.example], time: 30m, memory: 4GiB, processes: 200}\nkill_switch: {scope: team, tested: weekly}\nexpires: 2027-03-31\nlimits: {calls_per_day: 5}',
    ],
  ])('takes %s, as the parser does', (_, source) => {
    expect(parseBoundary(source)).toMatchObject({ ok: true })
    expect(takes(source)).toBe(true)
  })

  test.each([
    'agent: a1\nnevr: [x]',
    'purpose: nobody’s',
    'agent: a1\nmcp_scopes: {crm: [delete]}',
    'agent: a1\nnever: [{tool: x, override: y}]',
    'agent: a1\nlimits: {calls_per_year: 1}',
    'agent: a1\napproval_required: [{tool: x, passkey: false}]',
    'agent: a1\napproval_required: [{tool: x, passkey: registered}]',
    'agent: a1\nsurfaces: {files: {}}',
  ])('refuses what the parser refuses: %j', (source) => {
    expect(parseBoundary(source)).toMatchObject({ ok: false })
    expect(takes(source)).toBe(false)
  })
})
