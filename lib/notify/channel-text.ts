import { fault } from '@/lib/core/fault'
import { PAGERDUTY_URL, kindsFor, type ChannelSettings, type RoomKind, type SmtpSettings } from './channel'
import type { EditChannel } from './notification-contract'
import type { NotificationKind } from './notification'
import { refuseBarredLiteral } from './reach'

/** What an administrator's words make of a channel; `secret` is null where they left it as it was. */
export type Described = {
  name: string
  settings: ChannelSettings
  teamId: string | null
  kinds: NotificationKind[]
  severity: 'notice' | 'warning' | 'critical'
  secret: string | null
}

/**
 * Reads what an administrator said, and refuses at once what every delivery would refuse: an address that is never sent to, a private one
 * without the choice, and no encryption to anywhere but one's own network.
 * @param before the settings an edit begins with; null for a new channel
 * @param ports those of this machine that are ours
 * @throws Fault `invalid_request` naming the field
 */
export function describe(given: EditChannel, before: ChannelSettings | null, ports: ReadonlySet<number>): Described {
  if (given.kind === 'smtp') {
    const { host, port, tls, user, from, private: own, ca, password } = given
    const settings: SmtpSettings = { host, port, tls, user, from, private: own, ca }
    refuse('host', host, port, tls !== 'none', own, ports)
    return { name: 'E-mail', settings, teamId: null, kinds: [], severity: 'warning', secret: password }
  }
  const { kind, name, team, severity, private: own } = given
  const allowed = kindsFor(kind)
  const kinds = given.kinds as NotificationKind[]
  const odd = kinds.find((one) => !allowed.includes(one))
  if (odd !== undefined)
    throw fault('invalid_request', {
      field: 'kinds',
      detail: 'A pager is told of what stands until somebody acts, and of nothing else.',
    })
  const url = addressOf(kind, given.url, before)
  const parsed = new URL(url)
  const secured = parsed.protocol === 'https:'
  refuse('url', parsed.hostname, parsed.port === '' ? (secured ? 443 : 80) : Number(parsed.port), secured, own, ports)
  const secret = given.kind === 'pagerduty' ? given.key : given.url
  const settings = { host: parsed.host, private: own, ...(kind === 'pagerduty' && given.url !== null && { url }) }
  return { name, settings, teamId: team, kinds, severity, secret }
}

/** A webhook's address is its secret and is not kept in plain, so that of one which stays only its host can be judged again. */
function addressOf(kind: RoomKind, given: string | null, before: ChannelSettings | null): string {
  if (given !== null) return given
  if (kind === 'pagerduty') return PAGERDUTY_URL
  return `https://${before?.host ?? 'nowhere.invalid'}/`
}

function refuse(
  field: 'url' | 'host',
  host: string,
  port: number,
  secured: boolean,
  own: boolean,
  ports: ReadonlySet<number>,
): void {
  if (!secured && !own)
    throw fault('invalid_request', {
      field,
      detail: 'Without encryption messages go to your own network alone: use https or TLS, or allow private addresses.',
    })
  try {
    refuseBarredLiteral(host, { private: own, plain: !secured, port, ownPorts: ports })
  } catch (error) {
    throw fault('invalid_request', { field, detail: (error as Error).message })
  }
}
