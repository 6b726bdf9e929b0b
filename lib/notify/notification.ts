import type { Severity } from '@/lib/alerts/alert'

/** What people can be told of. `urgent` ones are told in quiet hours too, where a person leaves that on. */
export const NOTIFICATION_KINDS = {
  request: 'A request waits for you',
  expiring: 'A request you may answer expires soon',
  escalated: 'Nobody answered a request, and you are told or asked',
  signature: 'A boundary waits for a signature',
  elevation: 'An elevation waits for an answer',
  alert: 'An alert was raised or grew louder',
  halt: 'A halt was engaged or lifted',
  asked_for: 'An agent asked for something on your behalf, and what came of it',
} as const satisfies Record<string, string>
export type NotificationKind = keyof typeof NOTIFICATION_KINDS
export const KINDS = Object.keys(NOTIFICATION_KINDS) as NotificationKind[]

/** What a room that several people read can be told of: never what concerns one person alone. */
export const CHANNEL_NOTIFICATIONS = KINDS.filter((kind) => kind !== 'asked_for')

/** What may wake somebody up: things that stand until somebody acts, never the plain run of requests. */
export const PAGER_NOTIFICATIONS: readonly NotificationKind[] = ['expiring', 'escalated', 'alert', 'halt']

/** How a message reaches people. */
export const WAYS = ['mail', 'browser', 'slack', 'teams', 'pagerduty'] as const
export type Way = (typeof WAYS)[number]

export const NOTIFICATION_STATES = ['queued', 'sent', 'failed', 'suppressed', 'digested'] as const
export type NotificationState = (typeof NOTIFICATION_STATES)[number]

/** Why a message was not sent although nothing failed: closed, with words for the person. */
export const SUPPRESSED = {
  over: 'It was over before it was due.',
  no_screen: 'No screen of yours with notifications was open.',
  removed: 'Its receiver is gone.',
  erased: 'What it was about is gone.',
} as const
export type SuppressedCode = keyof typeof SUPPRESSED

/** How a message is paced: by itself, or with others at the next hour or in the morning. */
export const PACES = ['off', 'now', 'hourly', 'daily'] as const
export type Pace = (typeof PACES)[number]

/** What a receiver that opens and closes incidents is told (PagerDuty Events API v2, `event_action`). */
export type PagerAct = 'trigger' | 'acknowledge' | 'resolve'

/** What happened, where one kind stands for several things. */
export const WHATS = ['asked', 'expiring', 'escalated', 'approved', 'rejected', 'expired', 'ended'] as const
export type What =
  (typeof WHATS)[number] | 'answered' | 'raised' | 'louder' | 'closed' | 'engaged' | 'lift_asked' | 'lifted'

/** More things than this are counted, not listed. */
export const MOST_THINGS = 50

/** A message waits this long for others like it … */
export const SETTLE_MS = 5_000
/** … again with each that comes, but never for longer; and as long after the last one like it. */
export const GATHER_MS = 60_000
/** What could not be delivered for this long is not worth delivering: it is kept as failed. */
export const GIVE_UP_MS = 24 * 3_600_000
/** A browser's message nobody took for this long is of no use on a screen. */
export const SCREEN_MS = 15 * 60_000
/** So long before its end, or in its last quarter where it is short, a request is said to expire soon. */
export const EXPIRING_MS = 30 * 60_000

/** When people hear that a request is about to expire: half an hour before, or a quarter of its time where that is less. Pure. */
export function expiringFrom(openedAt: Date, expiresAt: Date): Date {
  const whole = Math.max(0, expiresAt.getTime() - openedAt.getTime())
  return new Date(expiresAt.getTime() - Math.min(EXPIRING_MS, whole / 4))
}

/** Whether an alert of this severity is at least as loud as what somebody set. */
export function atLeast(severity: Severity, set: Severity): boolean {
  const order: readonly Severity[] = ['notice', 'warning', 'critical']
  return order.indexOf(severity) >= order.indexOf(set)
}
