import type { ChannelKind } from '@/lib/notify/channel'
import type { NotificationKind, NotificationState, Pace, Way } from '@/lib/notify/notification'
import type { StateName } from '../ui/state-words'

/** How each kind is called where there is little room. */
export const KIND_WORDS: Readonly<Record<NotificationKind, { name: string; says: string }>> = {
  request: { name: 'Requests', says: 'One waits for you, or for somebody like you.' },
  expiring: { name: 'Expiring', says: 'One you may answer ends soon.' },
  escalated: { name: 'Escalations', says: 'Nobody answered, and you are asked or told.' },
  signature: { name: 'Signatures', says: 'A draft waits for a ciso.' },
  elevation: { name: 'Elevations', says: 'Somebody asks for more, for a while.' },
  alert: { name: 'Alerts', says: 'As loud as you say below, or louder.' },
  halt: { name: 'Halts', says: 'Engaged or lifted. Always at once.' },
  asked_for: { name: 'On your behalf', says: 'An agent asked for you; what came of it.' },
}

export const PACE_WORDS: Readonly<Record<Pace, string>> = {
  off: 'not by mail',
  now: 'at once',
  hourly: 'every hour',
  daily: 'in the morning',
}

export const WAY_WORDS: Readonly<Record<Way, string>> = {
  mail: 'Mail',
  browser: 'Screen',
  slack: 'Slack',
  teams: 'Teams',
  pagerduty: 'PagerDuty',
}

export const STATE_WORDS: Readonly<Record<NotificationState, { state: StateName; word: string }>> = {
  queued: { state: 'pending', word: 'Queued' },
  sent: { state: 'active', word: 'Sent' },
  failed: { state: 'raised', word: 'Failed' },
  suppressed: { state: 'closed', word: 'Not sent' },
  digested: { state: 'active', word: 'Sent with others' },
}

export const CHANNEL_WORDS: Readonly<Record<ChannelKind, { name: string; says: string }>> = {
  smtp: { name: 'Mail server', says: 'By which mail to people leaves.' },
  slack: { name: 'Slack', says: 'An incoming webhook of one Slack channel.' },
  teams: { name: 'Teams', says: 'A Teams workflow that begins when a webhook request is received.' },
  pagerduty: { name: 'PagerDuty', says: 'Events API v2, or what speaks like it.' },
}

/** `22:00` for a minute of the day; nothing for none. */
export function clockWords(minute: number | undefined): string {
  if (minute === undefined) return ''
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
