import { SEVERITIES, type Severity } from '@/lib/alerts/alert'
import type { Entry } from '@/lib/ledger/entry'
import type { NotificationKind, PagerAct, What } from './notification'

/** Whom an entry concerns: those who may fill a seat, and with an escalation whom it names, who asked, who signs, who guards; or nobody but open incidents. */
export type Concerned = 'seats' | 'escalated' | 'requester' | 'signers' | 'guards' | 'nobody'

/** One thing an entry gives people to hear. Ids and words of ours alone. */
export type Call = {
  kind: NotificationKind
  what: What
  /** the id of the approval, the alert, the halt or the boundary version it is about */
  thing: string
  thread: string
  /** what is alike becomes one message */
  group: string
  act: PagerAct
  to: Concerned
  severity: Severity
  urgent: boolean
  agentId: string | null
  ownerId: string | null
  /** who did it, and need not be told */
  byId: string | null
  /** whom an escalation names, in the words of `lib/approvals/asked.ts`, without a name */
  words?: readonly string[]
}

type About = Partial<Record<string, string | null>>
/** What is read of an entry. */
export type Told = Pick<Entry, 'kind' | 'actor'> &
  Partial<Pick<Entry, 'outcome' | 'rule' | 'reason' | 'agent' | 'owner' | 'labels'>> & { about?: About | null }

/** The entries that end an approval: what its agent gave up, or its run took with it, is an entry of the action. */
const ENDS: Readonly<Record<string, What>> = {
  'approval.approved': 'approved',
  'approval.rejected': 'rejected',
  'approval.expired': 'expired',
  'action.withdrawn': 'ended',
  'approval.superseded': 'ended',
}

// what a pager was told of a test ends with it as an action's does (`notify-tests.ts` says that it waits)
const TEST_ENDS: readonly string[] = ['test_request.answered', 'test_request.ended']

/** What people are to hear of an entry: nothing, for most. Pure. */
export function callsOf(entry: Told): Call[] {
  const { agent: agentId = null, owner: ownerId = null } = entry
  const base = { agentId, ownerId, byId: entry.actor.startsWith('person:') ? entry.actor.slice(7) : null }
  const labels = entry.labels ?? []
  const about = entry.about ?? {}
  const rule = `${agentId ?? ''}:${entry.rule ?? entry.reason ?? ''}`
  if (about.approval && isOfApproval(entry.kind)) return ofApproval(entry, about.approval, rule, base)
  if (about.approval && TEST_ENDS.includes(entry.kind))
    return [
      {
        ...{
          kind: 'request',
          what: 'ended',
          thing: about.approval,
          thread: `approval:${about.approval}`,
          act: 'resolve',
        },
        ...{ to: 'nobody', group: `ended:${about.approval}`, severity: 'warning', urgent: false, ...base },
      },
    ]
  if ((entry.kind === 'boundary.drafted' || entry.kind === 'baseline.drafted') && about.boundary)
    return [
      {
        ...{ kind: 'signature', what: 'asked', thing: about.boundary, thread: `boundary:${about.boundary}` },
        // every draft of one agent replaces the one before
        ...{
          group: `signature:${agentId ?? 'baseline'}`,
          act: 'trigger',
          to: 'signers',
          severity: 'notice',
          urgent: false,
        },
        ...base,
      },
    ]
  // an alert about nobody's agent may concern one person all the same: who engaged the halt it is about
  if (entry.kind.startsWith('alert.') && about.alert)
    return ofAlert(entry.kind, about.alert, labels, { ...base, ownerId: ownerId ?? about.person ?? null })
  if (entry.kind.startsWith('halt.') && about.halt) return ofHalt(entry.kind, about.halt, base)
  return []
}

type Base = Pick<Call, 'agentId' | 'ownerId' | 'byId'>

function isOfApproval(kind: string): boolean {
  return (
    ['action.decided', 'action.withdrawn', 'action.expired', 'elevation.asked'].includes(kind) ||
    kind.startsWith('approval.')
  )
}

function ofApproval(entry: Told, approval: string, rule: string, base: Base): Call[] {
  const shared = { ...base, thing: approval, thread: `approval:${approval}`, severity: 'warning' as Severity }
  // what is at stake, and so whether it can wait, is the approval's to say (`notify-of.ts`)
  const call = (given: Pick<Call, 'kind' | 'what' | 'act' | 'to' | 'group'>): Call => ({
    ...shared,
    urgent: false,
    ...given,
  })
  if (entry.kind === 'action.decided') {
    if (entry.outcome !== 'hold') return []
    return [
      call({ kind: 'request', what: 'asked', act: 'trigger', to: 'seats', group: `request:${rule}` }),
      call({ kind: 'asked_for', what: 'asked', act: 'trigger', to: 'requester', group: `asked_for:asked:${rule}` }),
    ]
  }
  if (entry.kind === 'elevation.asked')
    return [call({ kind: 'elevation', what: 'asked', act: 'trigger', to: 'seats', group: `elevation:${approval}` })]
  // what an approver asked the agent; whoever may decide can go on now
  if (entry.kind === 'approval.answered')
    return [call({ kind: 'request', what: 'answered', act: 'trigger', to: 'seats', group: `answered:${approval}` })]
  if (entry.kind === 'approval.escalated') {
    const group = `escalated:${base.agentId ?? ''}`
    const escalated = call({ kind: 'escalated', what: 'escalated', act: 'trigger', to: 'escalated', group })
    return [{ ...escalated, words: entry.labels ?? [] }]
  }
  if (entry.kind === 'approval.voted')
    return [call({ kind: 'request', what: 'ended', act: 'acknowledge', to: 'nobody', group: `voted:${approval}` })]
  const toRequester = (what: What) => {
    const group = `asked_for:${what}:${base.agentId ?? ''}`
    return call({ kind: 'asked_for', what, act: 'trigger', to: 'requester', group })
  }
  // it was approved and never begun; what was begun and has no outcome is an alert
  if (entry.kind === 'action.expired') return entry.outcome === 'expired' ? [toRequester('ended')] : []
  const what = ENDS[entry.kind]
  if (what === undefined) return []
  const closed = call({ kind: 'request', what, act: 'resolve', to: 'nobody', group: `ended:${approval}` })
  // what their own agent gave up or asked for anew is no news to who asked it
  return what === 'ended' && entry.actor === 'agent' ? [closed] : [closed, toRequester(what)]
}

function ofAlert(kind: string, alert: string, labels: readonly string[], base: Base): Call[] {
  const severity = SEVERITIES.findLast((one) => labels.includes(one)) ?? 'warning'
  const shared = { ...base, kind: 'alert' as const, thing: alert, thread: `alert:${alert}`, severity }
  const told = { ...shared, act: 'trigger' as const, to: 'guards' as const, urgent: severity === 'critical' }
  switch (kind) {
    case 'alert.raised':
      return [{ ...told, what: 'raised', group: `alert:${alert}:${severity}` }]
    case 'alert.escalated':
      return [{ ...told, what: 'louder', group: `alert:${alert}:${severity}` }]
    case 'alert.acknowledged':
      return [
        { ...shared, what: 'closed', act: 'resolve', to: 'nobody', group: `alert:${alert}:closed`, urgent: false },
      ]
    default:
      return []
  }
}

function ofHalt(kind: string, halt: string, base: Base): Call[] {
  const shared = {
    ...base,
    kind: 'halt' as const,
    thing: halt,
    thread: `halt:${halt}`,
    severity: 'critical' as const,
    urgent: true,
  }
  switch (kind) {
    case 'halt.engaged':
      return [{ ...shared, what: 'engaged', act: 'trigger', to: 'guards', group: `halt:${halt}:engaged` }]
    case 'halt.lift_voted':
      return [{ ...shared, what: 'lift_asked', act: 'acknowledge', to: 'nobody', group: `halt:${halt}:lift_asked` }]
    case 'halt.lifted':
      return [{ ...shared, what: 'lifted', act: 'resolve', to: 'guards', group: `halt:${halt}:lifted` }]
    default:
      return []
  }
}
