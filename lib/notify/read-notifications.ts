import type { Severity } from '@/lib/alerts/alert'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { ChannelKind, ChannelSettings, ChannelState, SmtpSettings } from './channel'
import { isOfEnvironment, mailServer, smtpOfEnvironment } from './mail-server'
import {
  NOTIFICATION_KINDS,
  SUPPRESSED,
  type NotificationKind,
  type NotificationState,
  type SuppressedCode,
  type Way,
  type What,
} from './notification'
import { wordsOf } from './read'
import { channelNameRows, channelRows, type ChannelRow } from './store-channel'
import { choiceOf } from './store-choice'
import { recentTo, tallyOfDay, type NotificationRow } from './store-notification'

/** A message as its receiver's page shows it: that it was sent, never what it said. */
export type NotificationView = {
  id: string
  kind: NotificationKind
  what: What
  says: string
  via: Way
  state: NotificationState
  count: number
  /** why it failed, is tried again, or was not sent */
  why: string | null
  createdAt: Date
  dueAt: Date
  settledAt: Date | null
}

const RECENT = 50

/** What somebody wants to hear, whether mail leaves at all, and how their last messages went. */
export async function readOwnNotifications(db: Db, personId: string) {
  const [choice, server, recent] = await Promise.all([
    choiceOf(db, personId),
    mailServer(db),
    recentTo(db, personId, RECENT),
  ])
  return { choice, mail: server !== null, recent: recent.map(viewOf) }
}

/** A channel as screens show it: never its secret. */
export type ChannelView = {
  id: string
  name: string
  kind: ChannelKind
  settings: ChannelSettings
  team: { id: string; name: string } | null
  kinds: NotificationKind[]
  severity: Severity
  state: Exclude<ChannelState, 'removed'>
  hasSecret: boolean
  ofEnvironment: boolean
  sent: number
  sentAt: Date | null
  failingSince: Date | null
  error: { says: string; todo: string; detail: string | null; at: Date } | null
}

/** Every living channel, oldest first, and how the messages of the last day went. */
export async function listChannels(
  db: Db,
  now: Date,
): Promise<{ channels: ChannelView[]; day: { via: Way; state: NotificationState; count: number }[] }> {
  const [rows, day] = await Promise.all([channelRows(db), tallyOfDay(db, now)])
  const environment = smtpOfEnvironment(process.env)?.settings ?? null
  const shown = rows.filter((row) => environment !== null || !isOfEnvironment(row))
  return { channels: shown.map((row) => toView(row, row.kind === 'smtp' ? environment : null)), day }
}

/** What was sent by one channel lately, newest first. */
export async function recentOf(db: Db, channelId: string): Promise<NotificationView[]> {
  return (await recentTo(db, channelId, RECENT)).map(viewOf)
}

/** A channel as the API says it. */
export function publicChannel(view: ChannelView): object {
  return { ...view, id: publicId('channel', view.id) }
}

/** What channels are called, removed ones included: for alerts, which outlive them. */
export async function channelNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  return new Map((await channelNameRows(db, ids)).map(({ id, name }) => [id, name]))
}

function viewOf(row: NotificationRow): NotificationView {
  const { id, kind, what, via, state, count, why, createdAt, dueAt, settledAt } = row
  const known = Object.hasOwn(NOTIFICATION_KINDS, kind) ? NOTIFICATION_KINDS[kind] : kind
  return {
    id,
    kind,
    what,
    says: known,
    via,
    state,
    count,
    createdAt,
    dueAt,
    settledAt,
    why: why === null ? null : whyOf(state, why),
  }
}

function whyOf(state: NotificationState, why: string): string {
  if (state === 'suppressed')
    return Object.hasOwn(SUPPRESSED, why) ? SUPPRESSED[why as SuppressedCode] : 'It was not sent.'
  return wordsOf(why).says
}

/** @param environment how mail leaves by the environment of the server, which comes before what was said here */
function toView(row: ChannelRow, environment: SmtpSettings | null): ChannelView {
  const settings = environment ?? row.settings
  const { id, name, kind, teamId, team, kinds, severity, state, sent, sentAt, failingSince, secret } = row
  const failed = row.error !== null && row.errorAt !== null && row.attempts > 0
  return {
    ...{ id, name, kind, settings, kinds, severity, sent, sentAt, failingSince },
    team: teamId === null ? null : { id: teamId, name: team ?? '' },
    state: state === 'removed' ? 'active' : state,
    hasSecret: secret !== null,
    ofEnvironment: environment !== null,
    error:
      failed && row.error !== null && row.errorAt !== null
        ? { ...wordsOf(row.error), detail: row.errorDetail, at: row.errorAt }
        : null,
  }
}
