import { describe, expect, test } from 'vitest'
import type { Absent } from '@/lib/people/delegation'
import { wordsFor } from '@/lib/people/words-for'
import { ruleAt } from './escalation'
import { mayTakeSeat, readSeatRule, seatRule, tally, type Answerer, type Given, type SeatRule } from './seat'

const ROUNDS = 4_000
const MINUTE = 60_000
const WORDS = ['analyst', 'ciso', 'on_call', 'owner', 'team:a', 'team:b', 'p1@example.com', 'p4@example.com']
const ROLES = [['analyst'], ['ciso'], ['analyst', 'ciso'], [], [], ['administrator', 'analyst'], ['auditor']]

/** Mulberry32: the same cases every time. */
function seeded(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Told = { given: Given; at: number; person: Answerer }

/** A rule, people who stand in for each other in every way, and everything they manage to answer in a day. */
function aDay(seed: number): { rule: SeatRule; seats: number; told: Told[]; people: Answerer[] } {
  const next = seeded(seed)
  const some = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const people: Answerer[] = Array.from({ length: 6 }, (_, i) => ({
    id: `p${i}`,
    email: `p${i}@example.com`,
    roles: some(ROLES),
    onCall: next() < 0.2,
    team: some(['a', 'b', null]),
    active: next() < 0.95,
  }))
  for (const person of people) {
    const others = people.filter((one) => one !== person && next() < 0.4)
    person.standsInFor = others.map(({ id, email, roles, team }): Absent => ({ id, name: id, email, roles, team }))
  }
  const seats = 1 + Math.floor(next() * 3)
  const asked = Array.from({ length: seats }, () => [some(WORDS), ...(next() < 0.4 ? [some(WORDS)] : [])])
  const chain = next() < 0.4
  const rule = readSeatRule({
    ...seatRule('action', { requesterId: some(['p0', 'p1', null]), ownerId: some(['p0', 'p2', 'p3']) }),
    asked,
    ...(chain && { follows: asked.map((_, i) => (i === 0 ? null : i - 1)) }),
    ...(next() < 0.5 && { later: [{ after: 30 * MINUTE, to: [some(WORDS)], seats: asked.map((_, i) => i) }] }),
  })
  const told: Told[] = []
  for (let minute = 0; minute < 60; minute += 3) {
    const given = told.map((one) => one.given)
    if (tally(seats, given) !== 'pending') break
    const person = some(people)
    const answer = next() < 0.95 ? 'approve' : 'reject'
    const now = ruleAt(rule, new Date(0), new Date(minute * MINUTE))
    const seat = mayTakeSeat(now, seats, given, person, answer)
    if (!seat.ok) continue
    const mine: Given = { personId: person.id, answer, seat: seat.seat, forId: seat.as?.id ?? null }
    told.push({ given: mine, at: minute, person })
  }
  return { rule, seats, told, people }
}

const days = Array.from({ length: ROUNDS }, (_, seed) => aDay(seed))
const bothOf = ({ personId, forId }: Given): string[] => [personId, ...(forId ? [forId] : [])]

describe('whatever is delegated and however it escalates', () => {
  test('the cases come to something: many are approved, by delegates and after an escalation, too', () => {
    const approved = days.filter(
      ({ seats, told }) =>
        tally(
          seats,
          told.map(({ given }) => given),
        ) === 'approved',
    )
    expect(approved.length).toBeGreaterThan(ROUNDS / 10)
    expect(approved.filter(({ told }) => told.some(({ given }) => given.forId !== null)).length).toBeGreaterThan(50)
    expect(approved.filter(({ told, seats }) => seats > 1 && told.some(({ at }) => at >= 30)).length).toBeGreaterThan(
      50,
    )
  })

  test('nobody answers twice, and nobody answers who was answered for', () => {
    for (const [seed, { told }] of days.entries()) {
      const all = told.flatMap(({ given }) => bothOf(given))
      expect(new Set(all).size, `seed ${seed}`).toBe(all.length)
    }
  })

  test('the requester never answers, nor does anybody for them', () => {
    for (const [seed, { rule, told }] of days.entries())
      for (const { given } of told) expect(bothOf(given), `seed ${seed}`).not.toContain(rule.requesterId)
  })

  test('the owner, or who stands in for them, never approves alone', () => {
    for (const [seed, { rule, seats, told }] of days.entries()) {
      if (
        tally(
          seats,
          told.map(({ given }) => given),
        ) !== 'approved'
      )
        continue
      const others = told.filter(({ given }) => !bothOf(given).includes(rule.ownerId ?? ''))
      expect(others.length, `seed ${seed}`).toBeGreaterThan(0)
    }
  })

  test('every seat is taken by somebody whom it asks then, in their own right or by one delegation and no chain', () => {
    for (const [seed, { rule, told, people }] of days.entries())
      for (const { given, at, person } of told.filter((one) => one.given.answer === 'approve')) {
        const right = people.find(({ id }) => id === (given.forId ?? person.id))
        if (given.forId) expect(person.standsInFor?.map(({ id }) => id)).toContain(given.forId)
        const own = right === undefined ? [] : wordsFor({ ...right, onCall: right.onCall && !given.forId })
        const words = right?.id === rule.ownerId && !given.forId ? [...own, 'owner'] : own
        const asked = ruleAt(rule, new Date(0), new Date(at * MINUTE)).asked?.[given.seat ?? -1] ?? []
        expect(
          asked.some((word) => words.includes(word)),
          `seed ${seed}`,
        ).toBe(true)
        expect(wordsFor(person).length, `seed ${seed}`).toBeGreaterThan(0)
      }
  })

  test('seats in order are taken in order', () => {
    for (const [seed, { rule, told }] of days.entries()) {
      const taken = told.flatMap(({ given }) => (given.answer === 'approve' ? [given.seat ?? -1] : []))
      if (rule.follows !== undefined) expect(taken, `seed ${seed}`).toEqual(taken.toSorted((a, b) => a - b))
    }
  })
})
