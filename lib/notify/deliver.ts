import { signWebhook } from '@/lib/core/standard-webhooks'
import { CLOUDEVENT, CLOUDEVENTS, cloudEvent } from './cloudevent'
import { deliverSignals, SIGNAL_LANES } from './deliver-signals'
import { failure, failureOf, type Outcome } from './failure'
import type { Item } from './item'
import { ocsfEvent } from './ocsf-event'
import { otlpLogs, rejectedBy } from './otlp'
import { ownPorts, type Allowed } from './reach'
import type { Poster, Answer } from './post'
import { signingSecrets, type StreamSecret } from './secret'
import { sendSyslog } from './send-syslog'
import type { Destination, HttpSettings, SyslogSettings } from './stream'
import { frame, syslogMessage } from './syslog'

/** All that a delivery needs to know. `hostname` is that of PUBLIC_URL. */
export type Delivery = {
  streamId: string
  destination: Destination
  secret: StreamSecret | null
  origin: string
  hostname: string
  now: Date
  timeoutMs: number
  poster: Poster
  signal?: AbortSignal
}

export const DELIVERY_TIMEOUT_MS = 10_000

/** How many items one delivery to this destination takes: what is acknowledged together. */
export function mostAtOnce({ kind, settings }: Destination): number {
  // a syslog batch costs a connection and a moment of waiting (ADR 0013)
  if (kind === 'ocsf_syslog') return 500
  return kind === 'shared_signals' || (kind === 'cloudevents' && !settings.batch) ? 1 : 100
}

/**
 * Hands items to the receiver, in order, and answers whether it has them all. Never throws: whatever happens is an outcome. The
 * receiver may have some or all of them although the answer is no, so it must know an item by its id.
 */
export async function deliver(items: readonly Item[], delivery: Delivery): Promise<Outcome> {
  try {
    switch (delivery.destination.kind) {
      case 'cloudevents':
        return await deliverWebhook(items, delivery.destination.settings, delivery)
      case 'otlp':
        return await deliverLogs(items, delivery.destination.settings, delivery)
      case 'shared_signals':
        return await deliverEvents(items, delivery.destination.settings, delivery)
      case 'ocsf_syslog':
        return await deliverSyslog(items, delivery.destination.settings, delivery)
    }
  } catch (error) {
    return failureOf(error)
  }
}

async function deliverWebhook(items: readonly Item[], settings: HttpSettings, delivery: Delivery): Promise<Outcome> {
  if (delivery.secret === null) return failure('secret')
  const events = items.map((item) => cloudEvent(item, delivery.origin))
  const [first] = events
  const single = events.length === 1 && !settings.batch
  const body = JSON.stringify(single ? first : events)
  const signed = signWebhook(
    { id: messageId(events.map(({ id }) => id)), at: delivery.now, body },
    signingSecrets(delivery.secret, delivery.now),
  )
  const answer = await post(settings, { ...signed, 'content-type': single ? CLOUDEVENT : CLOUDEVENTS }, body, delivery)
  return byStatus(answer, items.length)
}

/** The same for every retry of the same events, and never for others: the id of one, or of the first and the last. */
function messageId(ids: readonly string[]): string {
  const [first, last] = [ids.at(0) ?? '', ids.at(-1) ?? '']
  return first === last ? first : `${first}-${last}`
}

async function deliverLogs(items: readonly Item[], settings: HttpSettings, delivery: Delivery): Promise<Outcome> {
  const { header } = settings
  const given = header !== null && delivery.secret !== null ? { [header]: delivery.secret.current } : {}
  const body = otlpLogs(items, delivery.origin, delivery.now)
  const answer = await post(settings, { ...given, 'content-type': 'application/json' }, body, delivery)
  const outcome = byStatus(answer, items.length)
  if (!outcome.ok) return outcome
  const rejected = answer.body === null ? null : rejectedBy(answer.body)
  if (rejected === null) return failure('answer')
  return rejected === 0 ? outcome : failure('rejected', `${rejected} of ${items.length} rejected.`)
}

/** One token a request (RFC 8935 §2.1); what the receiver says is wrong with one is said by its code (§2.4), never in its words. */
async function deliverEvents(items: readonly Item[], settings: HttpSettings, delivery: Delivery): Promise<Outcome> {
  const { header, audience } = settings
  if (audience === undefined) return failure('internal', 'No audience.')
  const given = header !== null && delivery.secret !== null ? { [header]: delivery.secret.current } : {}
  const headers = { ...given, 'content-type': 'application/secevent+jwt', accept: 'application/json' }
  for (const item of items) {
    const outcome = await deliverSignals(item, { streamId: delivery.streamId, audience }, async (token) =>
      byStatus(await post(settings, headers, token, delivery, SIGNAL_LANES), 1),
    )
    if (!outcome.ok) return outcome
  }
  return { ok: true }
}

async function deliverSyslog(items: readonly Item[], settings: SyslogSettings, delivery: Delivery): Promise<Outcome> {
  const { host, port, tls, ca, cert } = settings
  const frames = items.map((item) => frame(syslogMessage(item, ocsfEvent(item, delivery.origin), delivery.hostname)))
  await sendSyslog(
    {
      host,
      port,
      tls: tls ? { ca, cert, key: delivery.secret?.current ?? null } : null,
      frames: frames.join(''),
      allowed: allowed(settings.private, !tls, port),
      timeoutMs: delivery.timeoutMs,
    },
    delivery.signal,
  )
  return { ok: true }
}

function post(
  settings: HttpSettings,
  headers: Readonly<Record<string, string>>,
  body: string,
  { poster, timeoutMs, signal }: Delivery,
  connections = 1,
): Promise<Answer> {
  const url = new URL(settings.url)
  const secured = url.protocol === 'https:'
  const port = url.port === '' ? (secured ? 443 : 80) : Number(url.port)
  return poster.post(
    { url, headers, body, ca: settings.ca, allowed: allowed(settings.private, !secured, port), timeoutMs, connections },
    signal,
  )
}

const allowed = (isPrivate: boolean, plain: boolean, port: number): Allowed => ({
  private: isPrivate,
  plain,
  port,
  ownPorts: ownPorts(),
})

/** What a status means (Standard Webhooks, "Delivery success and failure"; OTLP/HTTP, "Failures"). */
function byStatus({ status, retryAfter }: Answer, items: number): Outcome {
  const said = `HTTP ${status}`
  if (status >= 200 && status < 300) return { ok: true }
  if (status === 429 || status === 503) return failure('busy', said, retryAfter)
  if (status === 410) return failure('gone', said)
  if (status >= 300 && status < 400) return failure('redirect', said)
  // what is wrong with the body will not be right next time
  if (status === 400 || status === 413 || status === 415 || status === 422)
    return failure('rejected', items === 1 ? said : `${said}, ${items} entries at once`)
  return failure('status', said, retryAfter)
}
