import { ruleAt } from '@/lib/approvals/escalation'
import { mayTakeSeat, readSeatRule } from '@/lib/approvals/seat'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { STAKES } from '@/lib/decisions/stakes-order'
import type { Call } from './call'
import { paceFor } from './choice'
import { mailServer } from './mail-server'
import { atLeast } from './notification'
import { channelRows, type ChannelRow } from './store-channel'
import { listeners, type Listener } from './store-choice'
import { queue, type Queued } from './store-notification'
import { approvalThings, boundaryThings, teamsOf, type ApprovalThing } from './store-things'

/**
 * Queues a message for everybody a call concerns, by every way they chose, in the transaction it is given. What is alike to one receiver
 * becomes one message with a count (`store-notification.ts`).
 */
export async function notifyOf(db: Db, calls: readonly Call[], now: Date): Promise<void> {
  if (calls.length === 0) return
  const ids = (kinds: (call: Call) => boolean) => [...new Set(calls.filter(kinds).map(({ thing }) => thing))]
  const [channels, mail, approvals, boundaries, teams] = await Promise.all([
    channelRows(db),
    mailServer(db),
    approvalThings(
      db,
      ids(({ thread }) => thread.startsWith('approval:')),
    ),
    boundaryThings(
      db,
      ids(({ thread }) => thread.startsWith('boundary:')),
    ),
    teamsOf(db, [...new Set(calls.flatMap(({ agentId }) => agentId ?? []))]),
  ])
  const people = await listeners(db, now, onlyThese(calls, approvals))
  const drafters = new Map(boundaries.map(({ id, draftedBy }) => [id, draftedBy]))
  const queued = new Map<string, Queued>()
  for (const each of calls) {
    const approval = approvals.find(({ id }) => id === each.thing)
    const call = {
      ...each,
      urgent:
        each.urgent ||
        ((each.to === 'seats' || each.to === 'escalated') && STAKES[approval?.stakes ?? 0] === 'critical'),
    }
    const to = people.filter((person) => concerns(call, person, approval, drafters.get(call.thing) ?? null, now))
    for (const person of to) toPerson(queued, call, person, mail !== null, now)
    // a room would hear of what only some of it can open
    if (!approval?.planted?.only) for (const channel of channels) toChannel(queued, call, channel, teams, now)
  }
  await queue(db, [...queued.values()], now)
}

/** Whom these calls can concern at most, by id; null: anybody. An end that only its requester hears reads nobody else. */
function onlyThese(calls: readonly Call[], approvals: readonly ApprovalThing[]): string[] | null {
  if (calls.some(({ to }) => to !== 'nobody' && to !== 'requester')) return null
  return [...new Set(approvals.flatMap(({ requesterId }) => requesterId ?? []))]
}

/** Whether a call is for this person. Who did it is not told of it. */
function concerns(
  call: Call,
  person: Listener,
  approval: ApprovalThing | undefined,
  drafterId: string | null,
  now: Date,
): boolean {
  if (person.id === call.byId && call.to !== 'requester') return false
  switch (call.to) {
    case 'seats':
      return approval !== undefined && mayAnswer(approval, person, now)
    case 'escalated':
      return approval !== undefined && (mayAnswer(approval, person, now) || isNamed(call, person))
    case 'requester':
      return approval?.requesterId === person.id
    case 'signers':
      return person.roles.includes('ciso') && person.id !== drafterId
    case 'guards':
      return (
        person.id === call.ownerId ||
        person.onCall ||
        person.roles.some((role) => role === 'analyst' || role === 'ciso')
      )
    case 'nobody':
      return false
  }
}

/** Whom an escalation tells although they get no seat by it: a role, whoever is on call, the owner. */
function isNamed({ words = [], ownerId }: Call, { id, roles, onCall }: Listener): boolean {
  return (
    roles.some((role) => words.includes(role)) ||
    (onCall && words.includes('on_call')) ||
    (id === ownerId && words.includes('owner'))
  )
}

/**
 * As the rule stands now: with the steps that are due, for those who are away and named this person, and nobody who has answered, nor who
 * answers for the agent by now where there is one seat (as `lib/decisions/answer.ts` refuses it).
 */
function mayAnswer(approval: ApprovalThing, person: Listener, now: Date): boolean {
  const { kind, rule, seats, given, requesterId, openedAt, planted } = approval
  if (planted?.only?.includes(person.id) === false) return false
  const asked = ruleAt(readSeatRule(rule), openedAt, now)
  const whole = { ...asked, requesterId: requesterId ?? asked.requesterId }
  const { id, email, roles, team, onCall } = person
  // a test is answered for nobody else, and shown to nobody who only stands in
  const standsInFor = planted === undefined ? person.standsInFor : []
  const who = { id, email, roles, team, onCall, standsInFor, active: true }
  const seat = mayTakeSeat(whole, seats, given, who, 'approve')
  if (!seat.ok || kind !== 'action' || seats > 1) return seat.ok
  return approval.ownerId !== id && (approval.ownerId === null || approval.ownerId !== seat.as?.id)
}

function toPerson(queued: Map<string, Queued>, call: Call, person: Listener, mail: boolean, now: Date): void {
  for (const via of mail ? (['mail', 'browser'] as const) : (['browser'] as const)) {
    const severity = call.kind === 'alert' ? call.severity : null
    const paced = paceFor(person.choice, via, { kind: call.kind, urgent: call.urgent, severity }, now)
    if (paced === null) continue
    add(queued, call, { via, personId: person.id, channelId: null, ...paced }, now)
  }
}

/** Rooms hear what concerns several people; of a team's room, what its agents do. Pagers also hear what is over. */
function toChannel(
  queued: Map<string, Queued>,
  call: Call,
  channel: ChannelRow,
  teams: ReadonlyMap<string, string>,
  now: Date,
): void {
  if (channel.kind === 'smtp' || call.kind === 'asked_for') return
  const pager = channel.kind === 'pagerduty'
  if (call.to === 'nobody' && !pager) return
  // what ends a request ends whatever a pager was told of it: `queue` drops what it never heard of
  const wanted = channel.kinds.includes(call.kind) || (pager && call.act !== 'trigger')
  if (!wanted) return
  if (call.kind === 'alert' && call.act === 'trigger' && !atLeast(call.severity, channel.severity)) return
  if (channel.teamId !== null && call.agentId !== null && teams.get(call.agentId) !== channel.teamId) return
  const group = pager ? `${call.thread}:${call.act}:${call.group}` : call.group
  add(
    queued,
    { ...call, group },
    { via: channel.kind, personId: null, channelId: channel.id, pace: 'now', dueAt: now },
    now,
  )
}

function add(
  queued: Map<string, Queued>,
  { kind, what, thing, thread, act, group, severity, urgent }: Call,
  to: Pick<Queued, 'via' | 'personId' | 'channelId' | 'pace' | 'dueAt'>,
  now: Date,
): void {
  const key = [to.personId ?? to.channelId, to.via, group].join('\n')
  const before = queued.get(key)
  if (before === undefined)
    queued.set(key, {
      id: newId(now.getTime()),
      kind,
      what,
      thread,
      act,
      group,
      things: [thing],
      count: 1,
      severity,
      urgent,
      ...to,
    })
  else
    queued.set(key, {
      ...before,
      things: [...before.things, thing],
      count: before.count + 1,
      urgent: before.urgent || urgent,
    })
}
