import type { NotificationKind } from './notification'
import { CHANNEL_NOTIFICATIONS, PAGER_NOTIFICATIONS } from './notification'

/** Rooms of the organisation, and `smtp`, by which mail leaves. */
export const ROOM_KINDS = ['slack', 'teams', 'pagerduty'] as const
export type RoomKind = (typeof ROOM_KINDS)[number]
export type ChannelKind = RoomKind | 'smtp'
export type ChannelState = 'active' | 'failing' | 'removed'

/** Where PagerDuty takes events; another address takes what speaks like it. */
export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue'

/**
 * What a channel knows without its secret. `host` is shown; of a webhook the whole address is the secret. `url` is PagerDuty's alone, whose
 * secret is the routing key.
 */
export type RoomSettings = { host: string; private: boolean; url?: string }
/** How mail leaves. `tls`: from the first byte, by STARTTLS, or not at all, which goes to one's own network alone. */
export type SmtpSettings = {
  host: string
  port: number
  tls: SmtpTls
  user: string | null
  from: string
  private: boolean
  ca: string | null
  environment?: true
}
export const SMTP_TLS = ['implicit', 'starttls', 'none'] as const
export type SmtpTls = (typeof SMTP_TLS)[number]
export type ChannelSettings = RoomSettings | SmtpSettings

/** At most so many, so that one entry never becomes hundreds of deliveries. */
export const MOST_CHANNELS = 30

/** After so many failed tries in a row a channel counts as failing: an entry says so, and an alert is raised. */
export const CHANNEL_FAILING_AFTER = 3

/** What a channel of a kind can be told. */
export function kindsFor(kind: RoomKind): readonly NotificationKind[] {
  return kind === 'pagerduty' ? PAGER_NOTIFICATIONS : CHANNEL_NOTIFICATIONS
}
