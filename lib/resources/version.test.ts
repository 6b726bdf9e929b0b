import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { contentDigest, standingOf, type Change, type Reported } from './version'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 3, 3, minute)).toISOString()
const report = (digest: string, minute = 30): Reported => ({ digest, at: at(minute), entry: 'ent_1' })
const change = (digest: string | null, more: Partial<Change> = {}): Change => ({
  action: `act_${digest ?? 'none'}`,
  digest,
  why: digest === null ? 'absent' : 'present',
  approvedAt: at(5),
  status: 'succeeded',
  doneAt: at(10),
  ...more,
})
const refused = (digest: string) => change(digest, { approvedAt: null, status: 'rejected', doneAt: null })

describe('contentDigest', () => {
  it('is SHA-256 of a text’s own bytes, so that a detection system computes it from the file', () => {
    const expected = createHash('sha256').update('title: Beacon ä', 'utf8').digest('hex')
    expect(contentDigest({ content: 'title: Beacon ä' }, 'content')).toBe(`sha256:${expected}`)
  })

  it('is of the canonical form of anything else, whatever the order of its keys', () => {
    expect(contentDigest({ rule: { b: 1, a: [2] } }, 'rule')).toBe(contentDigest({ rule: { a: [2], b: 1 } }, 'rule'))
    const expected = createHash('sha256').update('{"a":[2],"b":1}').digest('hex')
    expect(contentDigest({ rule: { b: 1, a: [2] } }, 'rule')).toBe(`sha256:${expected}`)
  })

  it('is nothing where the argument is not there', () => {
    expect(contentDigest({ other: 'x' }, 'content')).toBeNull()
    expect(contentDigest({}, 'constructor')).toBeNull()
    expect(contentDigest('text', 'content')).toBeNull()
  })
})

describe('standingOf', () => {
  it.each<[string, Reported | null, Change[], string | null, string, RegExp]>([
    ['nothing was reported', null, [change('b')], null, 'unknown', /reported/],
    ['it is the last approved version', report('b'), [change('b'), change('a')], null, 'matches', /approved last/],
    ['it is what stood at marking and nothing was carried out', report('a'), [refused('b')], 'a', 'matches', /marked/],
    [
      'it is approved and under way',
      report('b'),
      [change('b', { status: 'claimed', doneAt: null }), change('a')],
      null,
      'matches',
      /outcome/,
    ],
    ['it was proposed and refused', report('b'), [refused('b'), change('a')], null, 'differs', /nobody approved/],
    [
      'it was approved and its change failed',
      report('b'),
      [change('b', { status: 'failed' }), change('a')],
      null,
      'differs',
      /did not succeed/,
    ],
    ['it was changed around us', report('z'), [change('b')], null, 'differs', /without an approved action/],
    [
      'it was rolled back to an older approved one',
      report('a'),
      [change('b'), change('a')],
      null,
      'differs',
      /replaced/,
    ],
    ['it was rolled back to what stood at marking', report('a'), [change('b')], 'a', 'differs', /stood when/],
    ['the report is older than the change', report('a', 7), [change('b')], 'a', 'unknown', /older/],
    ['the change carries no content', report('a'), [change(null)], 'a', 'unknown', /does not carry/],
    ['what it carried was erased', report('a'), [change(null, { why: 'erased' })], 'a', 'unknown', /erased/],
    ['there is nothing to compare with', report('a'), [refused('b')], null, 'unknown', /No approved change/],
  ])('when %s', (_, reported, changes, adopted, state, says) => {
    const standing = standingOf(reported, changes, adopted)
    expect(standing.state).toBe(state)
    expect(standing.says).toMatch(says)
  })

  it('never matches a version nobody approved, even where it was also carried out', () => {
    const slipped = change('b', { approvedAt: null, status: 'succeeded' })
    expect(standingOf(report('b'), [slipped, change('a')], null).state).toBe('differs')
  })
})
