import { describe, expect, it } from 'vitest'
import {
  gradeAt,
  GRADES,
  haltDoes,
  mannersOf,
  type Noted,
  pendingAfter,
  rankOf,
  SEEN_FOR_MS,
  type Seen,
  type Sign,
  standingOf,
  wayOf,
  WAYS,
  type Way,
} from './grade'

const now = new Date('2026-11-21T12:00:00Z')
const at = (ago: number) => ({ first: new Date(0), last: new Date(now.getTime() - ago), times: 1 })
const ways = Object.keys(WAYS) as Way[]
const noted = (over: Partial<Noted>): Noted => ({
  kind: 'action.decided',
  agentId: 'a',
  at: now,
  outcome: 'allow',
  labels: [],
  action: { channel: 'api', consumed: false, given: true },
  ...over,
})

describe('the grade of an agent', () => {
  it('is the weakest way its actions were seen to run, whatever else was seen', () => {
    for (const one of ways)
      for (const other of ways) {
        const { grade } = standingOf({ [one]: at(0), [other]: at(1), halt_confirmed: at(0) }, now)
        expect(rankOf(grade)).toBe(Math.max(rankOf(WAYS[one]), rankOf(WAYS[other])))
      }
  })

  it('rests on the last 30 days alone: what is older than that counts no more', () => {
    const seen: Seen = { reported: at(SEEN_FOR_MS + 1), gateway: at(SEEN_FOR_MS) }
    expect(standingOf(seen, now).grade).toBe('structural')
    expect(standingOf({ gateway: at(SEEN_FOR_MS + 1) }, now).grade).toBeNull()
  })

  it('is none where nothing was seen, and that is trusted with the least', () => {
    expect(standingOf({ refused: at(0), went_on: at(0) }, now)).toMatchObject({ grade: null, ways: [] })
    expect(haltDoes(null)).toBe('asks')
    expect(gradeAt(rankOf(null))).toBeNull()
    for (const grade of GRADES) expect(gradeAt(rankOf(grade))).toBe(grade)
  })

  it('never says that a halt stops an agent whose harness alone stands in between', () => {
    expect(GRADES.filter((grade) => haltDoes(grade) === 'stops')).toEqual(['structural', 'brokered'])
  })
})

describe('when an agent was last seen obeying', () => {
  it('is the latest of a halt, a drill and a refusal that it kept to', () => {
    expect(standingOf({ halt_confirmed: at(9), drill_confirmed: at(5), went_on: at(7) }, now).obeyed).toEqual({
      how: 'drill',
      at: at(5).last,
    })
    expect(standingOf({ refused: at(0) }, now).obeyed).toBeNull()
  })

  it('comes after a refusal once it asks for something else, and not before', () => {
    const forbidden = noted({ outcome: 'forbid' })
    expect(mannersOf(forbidden, false)).toEqual(['refused'])
    expect(mannersOf(forbidden, true)).toEqual(['went_on', 'refused'])
    expect(mannersOf(noted({}), true)).toEqual(['went_on'])
    expect(mannersOf(noted({}), false)).toEqual([])
    expect(mannersOf(noted({ kind: 'action.completed' }), true)).toEqual([])
  })

  it('is not a report of what was never given, which is the opposite', () => {
    const refused = { kind: 'action.refused', labels: ['grant_mismatch', 'at_outcome'] }
    expect(mannersOf(noted({ ...refused, action: { channel: 'api', consumed: false, given: false } }), true)).toEqual([
      'ignored',
    ])
    expect(mannersOf(noted(refused), true)).toEqual([])
    expect(mannersOf(noted({ ...refused, labels: ['grant_foreign', 'at_outcome'] }), true)).toEqual([])
  })

  it.each<[Sign[], boolean, boolean]>([
    [[], true, true],
    [['refused'], false, true],
    [['went_on', 'refused'], true, true],
    [['went_on'], true, false],
    [['ignored'], true, false],
  ])('after %j, pending %s, is open: %s', (signs, before, after) => {
    expect(pendingAfter(signs, before)).toBe(after)
  })
})

describe('what an entry shows of how an action ran', () => {
  const action = (channel: NonNullable<Noted['action']>['channel'], consumed = false) => ({
    channel,
    consumed,
    given: true,
  })

  it('is the door it came by, where that is not the native API', () => {
    expect(wayOf(noted({ action: action('mcp') }))).toBe('gateway')
    expect(wayOf(noted({ action: action('hook') }))).toBe('hook')
    expect(wayOf(noted({ action: action('authzen') }))).toBe('enforcement_point')
    expect(wayOf(noted({}))).toBeNull()
  })

  it('is who consumed its grant on the native API, and that nobody did where only an outcome came', () => {
    expect(wayOf(noted({ kind: 'action.claimed', labels: ['by_executor'] }))).toBe('executor')
    expect(wayOf(noted({ kind: 'action.claimed' }))).toBe('own_token')
    expect(wayOf(noted({ kind: 'action.completed' }))).toBe('reported')
    expect(wayOf(noted({ kind: 'action.completed', action: action('api', true) }))).toBeNull()
  })

  it('is not counted a second time when an action of another door is claimed or reported', () => {
    for (const kind of ['action.claimed', 'action.completed'])
      expect(wayOf(noted({ kind, action: action('mcp') }))).toBeNull()
  })
})
