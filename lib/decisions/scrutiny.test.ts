import { describe, expect, it } from 'vitest'
import { ACTION_KINDS, type ActionKind } from './kinds'
import { checksFor, KIND_NAMES, MOST_CHECKS, type ScrutinyCheck } from './scrutiny'

const of = (kind: ActionKind, count: number): ScrutinyCheck[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${kind}${at}`, kind, title: `${kind} ${at}`, lookFor: 'x' }))

describe('what to look for', () => {
  it('is what suits the kinds of an action, in their order, and nothing else', () => {
    const all = [...of('any', 1), ...of('payment', 2), ...of('code', 2)]
    expect(checksFor(['code', 'any'], all).map(({ id }) => id)).toEqual(['code0', 'code1', 'any0'])
  })

  it('is never longer than is read, and keeps something of each kind', () => {
    const all = ACTION_KINDS.flatMap((kind) => of(kind, 7))
    const shown = checksFor(ACTION_KINDS, all)
    expect(shown).toHaveLength(MOST_CHECKS)
    expect(new Set(shown.map(({ kind }) => kind))).toEqual(new Set(ACTION_KINDS))
    expect(checksFor(['code', 'data', 'any'], all)[0]?.id).toBe('code0')
  })

  it('has a name for every kind', () => {
    expect(Object.keys(KIND_NAMES)).toEqual([...ACTION_KINDS])
  })
})
