import {
  alertSentence,
  isOfLedger,
  limitOfKey,
  streamOfKey,
  toolOfKey,
  type AlertKind,
  ALERT_KINDS,
} from '@/lib/alerts/alert'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { REASONS, type ReasonCode } from '@/lib/decisions/decision'
import { STAKES } from '@/lib/decisions/stakes-order'
import { sentence } from '@/lib/decisions/sentence'
import type { Message, Piece } from './message'
import { MOST_THINGS, type NotificationKind, type SuppressedCode, type What } from './notification'
import type { AlertThing, ApprovalThing, BoundaryThing, HaltThing } from './store-things'

/** What a message stands for. */
export type Saying = { kind: NotificationKind; what: What; count: number; severity: Message['severity'] }
/** Why there is nothing to say any more. */
export type Over = { over: SuppressedCode }

const ours = (text: string): Piece => ({ ours: text })
const theirs = (text: string): Piece => ({ theirs: text })
const line = (label: string, ...words: Piece[]): Message['lines'][number] => ({ label, words })

/** What is said of requests, to those who may answer or to who asked: the agent, what it wants without its arguments, why it asks, until when. Pure. */
export function sayApprovals(saying: Saying, all: readonly ApprovalThing[], now: Date): Message | Over {
  const [one] = all
  if (one === undefined) return { over: 'erased' }
  const waits = saying.kind !== 'asked_for' || saying.what === 'asked'
  const open = all.filter(({ status, expiresAt }) => status === 'pending' && expiresAt > now)
  // more than were noted may wait although all of those are over
  if (waits && open.length === 0 && saying.count <= MOST_THINGS) return { over: 'over' }
  const said = waits ? (open[0] ?? one) : one
  return saying.count > 1 ? several(saying, said) : single(saying, said)
}

function single(saying: Saying, one: ApprovalThing): Message {
  const asks = wantsOf(one)
  const mine = saying.kind === 'asked_for'
  return {
    title: [
      ours(
        TITLES[mine ? `mine_${saying.what}` : saying.what === 'answered' ? 'answered' : saying.kind] ??
          'A request waits: ',
      ),
      ...asks,
    ],
    lines: [
      ...(one.reason !== null && saying.what !== 'rejected' ? [line('Why it asks', ours(reasonText(one.reason)))] : []),
      ...(saying.what === 'rejected' && one.by !== null ? [line('By', theirs(one.by))] : []),
      ...(saying.what === 'rejected' && one.said !== null && one.said !== '' ? [line('Reason', theirs(one.said))] : []),
      ...(saying.what === 'ended'
        ? [line('Why it ended', ours(ENDED[one.status] ?? 'It was approved, and its agent never began it.'))]
        : []),
      ...(saying.what === 'approved' && one.by !== null ? [line('By', theirs(one.by))] : []),
      ...(one.status === 'pending' && one.kind === 'action'
        ? [line('At stake', ours(STAKES[one.stakes] ?? 'high'))]
        : []),
      ...(one.status === 'pending' ? [line('Until', ours(moment(one.expiresAt)))] : []),
    ],
    path: pathOf(one),
    severity: saying.severity,
  }
}

function several(saying: Saying, one: ApprovalThing): Message {
  const mine = saying.kind === 'asked_for'
  const became: Readonly<Record<string, string>> = {
    approved: 'were approved',
    rejected: 'were rejected',
    expired: 'expired unanswered',
    ended: 'ended without being done',
  }
  const words = mine
    ? (became[saying.what] ?? 'wait for an answer')
    : saying.kind === 'expiring'
      ? 'expire soon'
      : 'wait for you'
  return {
    title: [ours(`${saying.count} requests of ${one.slug ?? 'an agent'}${mine ? ' on your behalf' : ''} ${words}`)],
    lines: [
      line('One of them', ...wantsOf(one)),
      ...(one.reason === null ? [] : [line('Why it asks', ours(reasonText(one.reason)))]),
    ],
    path: paths.approvals(),
    severity: saying.severity,
  }
}

const TITLES: Readonly<Record<string, string>> = {
  request: 'An answer is wanted: ',
  answered: 'The agent answered a question: ',
  expiring: 'Expires soon: ',
  escalated: 'Nobody has answered yet: ',
  elevation: 'An elevation is asked for: ',
  mine_asked: 'On your behalf, waiting for an answer: ',
  mine_approved: 'Approved, asked on your behalf: ',
  mine_rejected: 'Rejected, asked on your behalf: ',
  mine_ended: 'Ended without being done, asked on your behalf: ',
  mine_expired: 'Nobody answered in time, asked on your behalf: ',
}

/** Why a request ended that nobody answered, by how its approval stands. */
const ENDED: Readonly<Record<string, string>> = {
  withdrawn: 'The run of its agent is over.',
  superseded: 'What it was asked under has changed. Its agent has to ask again.',
}

/** What an agent wants, with the resource it names and none of its arguments. */
function wantsOf({ kind, slug, tool, resourceType, resourceId }: ApprovalThing): Piece[] {
  const agent = slug ?? 'An agent'
  if (kind === 'elevation') return [ours(`more for ${agent}, for a while`)]
  if (tool === null) return [ours(`${agent} wants something whose words were erased`)]
  const resource = resourceId === null ? null : { type: resourceType ?? 'resource', id: resourceId }
  // also the words that come from the name of a tool are of whoever named it
  const [first, ...rest] = sentence({ agent, tool, arguments: {}, resource })
  return [ours(first?.text ?? ''), theirs(rest.map(({ text }) => text).join(''))]
}

const pathOf = ({ kind, id, slug }: ApprovalThing): string =>
  kind === 'elevation' && slug !== null ? paths.agent(slug) : paths.approval(publicId('approval', id))

const reasonText = (code: string): string => (Object.hasOwn(REASONS, code) ? REASONS[code as ReasonCode].text : code)

/** What is said of drafts that wait for a signature. */
export function sayBoundaries(saying: Saying, all: readonly BoundaryThing[]): Message | Over {
  const one = all.findLast(({ status }) => status === 'draft')
  if (one === undefined) return { over: all.length === 0 ? 'erased' : 'over' }
  return {
    title: [
      ours(
        one.slug === null
          ? `The baseline waits for a signature: version ${one.version}`
          : `The boundary of ${one.slug} waits for a signature: version ${one.version}`,
      ),
    ],
    lines: one.drafter === null ? [] : [line('Drafted by', theirs(one.drafter))],
    path: paths.boundary(one.slug ?? 'baseline', one.version),
    severity: saying.severity,
  }
}

/** What is said of an alert: its own closed sentence, how loud, how often. */
export function sayAlerts(saying: Saying, all: readonly AlertThing[]): Message | Over {
  const one = all.at(-1)
  if (one === undefined) return { over: 'erased' }
  if (one.acknowledged) return { over: 'over' }
  const known = Object.hasOwn(ALERT_KINDS, one.kind)
  const kind = one.kind as AlertKind
  const who = one.slug ?? undefined
  const about = streamOfKey(one.key) !== null || toolOfKey(one.key) !== null || isOfLedger(kind)
  return {
    title: [ours(known ? alertSentence(kind, about ? undefined : who, limitOfKey(one.key)) : 'An alert was raised')],
    lines: [
      line('Severity', ours(one.severity)),
      ...(one.count > 1 ? [line('Happened', ours(`${one.count} times`))] : []),
    ],
    path: paths.alert(publicId('alert', one.id)),
    severity: one.severity,
  }
}

/** What is said of a halt. */
export function sayHalts(saying: Saying, all: readonly HaltThing[]): Message | Over {
  const one = all.at(-1)
  if (one === undefined) return { over: 'erased' }
  const scope =
    one.scope === 'organisation'
      ? ours('everything')
      : one.name === null
        ? theirs(`${one.scope} ${one.target}`)
        : ours(`${one.scope} ${one.name}`)
  const lifted = saying.what === 'lifted'
  return {
    title: [ours(lifted ? 'Halt lifted: ' : 'Halt engaged: '), scope],
    lines: lifted
      ? []
      : [
          line('By', one.by === null ? ours('Countersign') : theirs(one.by)),
          ...(one.reason === '' ? [] : [line('Reason', theirs(one.reason))]),
        ],
    path: paths.haltOf(publicId('halt', one.id)),
    severity: lifted ? 'warning' : 'critical',
  }
}

/** A message that only says that it arrives. */
export function sayTest(name: string): Message {
  return {
    title: [ours('This is a test of '), theirs(name)],
    lines: [line('What it means', ours('Messages of Countersign arrive here. Nothing has happened.'))],
    path: paths.notifications(),
    severity: 'notice',
  }
}

/** A moment that everybody reads alike, wherever they are. */
const moment = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
