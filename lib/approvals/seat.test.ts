import { describe, expect, it } from 'vitest'
import { mayTakeSeat, readSeatRule, seatRule, tally, type Answerer, type Given, type SeatRefusal } from './seat'

const somebody = (id: string, rest: Partial<Answerer> = {}): Answerer => ({
  id,
  email: `${id}@example.com`,
  roles: [],
  onCall: false,
  team: null,
  active: true,
  ...rest,
})
const analyst = (id: string): Answerer => somebody(id, { roles: ['analyst'] })
const rule = seatRule('action', { requesterId: 'requester', ownerId: 'owner' })

const approve = (personId: string): Given => ({ personId, answer: 'approve' })
const refusal = (reason: SeatRefusal) => ({ ok: false, reason })

describe('who may take a seat', () => {
  it('an analyst decides a held action', () => {
    expect(mayTakeSeat(rule, 1, [], analyst('dana'), 'approve')).toMatchObject({ ok: true })
  })

  it.each([
    ['nobody without the role', { ...analyst('dana'), roles: ['ciso', 'administrator', 'auditor'] }, 'not_eligible'],
    [
      'nobody on call, who decides halts and not actions',
      { ...analyst('dana'), roles: [], onCall: true },
      'not_eligible',
    ],
    ['nobody whose account has ended', { ...analyst('dana'), active: false }, 'inactive'],
    ['never the requester', analyst('requester'), 'requester'],
    ['the owner not alone', analyst('owner'), 'owner_alone'],
  ] as const)('%s', (_, person, reason) => {
    expect(mayTakeSeat(rule, 1, [], person, 'approve')).toEqual(refusal(reason))
    expect(mayTakeSeat(rule, 1, [], person, 'reject')).toEqual(refusal(reason))
  })

  it.each(['administrator', 'auditor'])('never an %s, on call or with another role beside it', (role) => {
    const lift = seatRule('halt_lift')
    const person = somebody('dana', { roles: [role, 'analyst'], onCall: true })
    for (const kind of [rule, lift])
      expect(mayTakeSeat(kind, 2, [], person, 'approve')).toEqual(refusal('not_eligible'))
    expect(mayTakeSeat(lift, 2, [], { ...person, roles: [role] }, 'reject')).toEqual(refusal('not_eligible'))
  })

  it('one person never fills two seats', () => {
    expect(mayTakeSeat(rule, 2, [approve('dana')], analyst('dana'), 'approve')).toEqual(refusal('already_answered'))
    expect(mayTakeSeat(rule, 2, [approve('dana')], analyst('dana'), 'reject')).toEqual(refusal('already_answered'))
  })

  it('the owner may fill one of two seats, in either order', () => {
    expect(mayTakeSeat(rule, 2, [], analyst('owner'), 'approve')).toMatchObject({ ok: true })
    expect(mayTakeSeat(rule, 2, [approve('dana')], analyst('owner'), 'approve')).toMatchObject({ ok: true })
    expect(mayTakeSeat(rule, 2, [approve('owner')], analyst('dana'), 'approve')).toMatchObject({ ok: true })
  })

  it('a halt is lifted by two, and whoever engaged it may be one of them', () => {
    const lift = seatRule('halt_lift', { notAloneId: 'engager' })
    const onCall = somebody('engager', { onCall: true })
    expect(mayTakeSeat(lift, 2, [], onCall, 'approve')).toMatchObject({ ok: true })
    expect(mayTakeSeat(lift, 2, [approve('engager')], analyst('dana'), 'approve')).toMatchObject({ ok: true })
    expect(mayTakeSeat(lift, 1, [], onCall, 'approve')).toEqual(refusal('engager_alone'))
  })

  it('a stored rule that cannot be read lets nobody in', () => {
    for (const stored of [null, 'analyst', { roles: 'analyst' }, { roles: [7] }, []]) {
      expect(mayTakeSeat(readSeatRule(stored), 1, [], analyst('dana'), 'approve')).toEqual(refusal('not_eligible'))
    }
  })

  it('a rule survives being stored', () => {
    expect(readSeatRule(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
  })
})

describe('where the boundary says who answers', () => {
  const asked = (...seats: string[][]) => ({ ...rule, asked: seats })
  const given = (personId: string, seat: number | null): Given => ({ personId, answer: 'approve', seat })
  const may = (who: Answerer, ...seats: string[][]) => mayTakeSeat(asked(...seats), seats.length, [], who, 'approve')

  it.each([
    ['a role', somebody('a', { roles: ['ciso'] }), 'ciso'],
    ['whoever is on call', somebody('a', { onCall: true }), 'on_call'],
    ['somebody of a team', somebody('a', { team: 'payments' }), 'team:payments'],
    ['one person, in any case', somebody('a', { email: 'Ann@Example.com' }), 'ann@example.com'],
  ])('it is %s', (_, who, word) => {
    expect(may(who, [word])).toEqual({ ok: true, seat: 0 })
    expect(may(somebody('b'), [word])).toEqual(refusal('not_eligible'))
  })

  it('an analyst nobody named may not', () => {
    expect(may(analyst('dana'), ['ciso'])).toEqual(refusal('not_eligible'))
  })

  it('administrators and auditors never may, whoever names them', () => {
    for (const role of ['administrator', 'auditor'])
      expect(may(somebody('a', { roles: [role, 'analyst'] }), ['a@example.com', 'analyst'])).toEqual(
        refusal('not_eligible'),
      )
  })

  it('the owner fills a seat that asks for the owner, and still not the only one', () => {
    expect(may(somebody('owner'), ['owner'], ['ciso'])).toEqual({ ok: true, seat: 0 })
    expect(may(somebody('owner'), ['owner'])).toEqual(refusal('owner_alone'))
    expect(may(somebody('other'), ['owner'])).toEqual(refusal('not_eligible'))
  })

  it('each takes the seat open to the fewest, so that the wide ones stay for others', () => {
    expect(may(somebody('a', { roles: ['ciso'] }), ['analyst', 'ciso'], ['ciso'])).toEqual({ ok: true, seat: 1 })
  })

  it('a seat that is taken is closed to the next', () => {
    const both = asked(['ciso'], ['analyst'])
    const ciso = somebody('b', { roles: ['ciso'] })
    expect(mayTakeSeat(both, 2, [given('a', 0)], ciso, 'approve')).toEqual(refusal('not_eligible'))
    expect(mayTakeSeat(both, 2, [given('a', 0)], ciso, 'reject')).toEqual({ ok: true, seat: null })
    expect(mayTakeSeat(both, 2, [given('a', 0)], analyst('c'), 'approve')).toEqual({ ok: true, seat: 1 })
  })

  it('a stored list that cannot be read asks nobody', () => {
    for (const stored of ['analyst', [7], [[7]], {}, null])
      expect(
        mayTakeSeat(readSeatRule({ ...rule, asked: stored }), 1, [], analyst('dana'), 'approve'),
        JSON.stringify(stored),
      ).toEqual(refusal('not_eligible'))
  })
})

describe('where verdicts leave an approval', () => {
  it('takes as many people as it has seats', () => {
    expect(tally(2, [])).toBe('pending')
    expect(tally(2, [approve('a')])).toBe('pending')
    expect(tally(2, [approve('a'), approve('b')])).toBe('approved')
  })

  it('counts people, not verdicts', () => {
    expect(tally(2, [approve('a'), approve('a')])).toBe('pending')
  })

  it('one rejection ends it, whatever was approved', () => {
    expect(tally(2, [approve('a'), approve('b'), { personId: 'c', answer: 'reject' }])).toBe('rejected')
  })
})
