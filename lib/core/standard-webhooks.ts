import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** The specification asks for 24 to 64 bytes. */
const SHORTEST = 24
const LONGEST = 64
const PREFIX = 'whsec_'
const ID = /^[A-Za-z0-9_-]{1,200}$/

/** The three headers of a signed message. */
export type WebhookHeaders = {
  'webhook-id': string
  'webhook-timestamp': string
  'webhook-signature': string
}

/** A new secret in the form in which it is shown to a person, once: `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(random: (bytes: number) => Buffer = randomBytes): string {
  return PREFIX + random(32).toString('base64')
}

/**
 * The key of a secret written as `whsec_` and base64; null when it is anything else, or not of 24 to 64 bytes.
 * Standard Webhooks, "Signature scheme".
 */
export function webhookKey(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null
  const encoded = secret.slice(PREFIX.length)
  const key = Buffer.from(encoded, 'base64')
  // Node skips what is no base64: only what encodes back to itself was read whole
  return key.toString('base64') === encoded && key.length >= SHORTEST && key.length <= LONGEST ? key : null
}

/**
 * Signs a message as Standard Webhooks asks: HMAC-SHA-256 over `id.timestamp.body`, one `v1,…` for every secret, so that a
 * receiver can change over from one to the next. Send `body` exactly as it is given here, and the same `id` with every retry.
 * @param id      names the message for good; the receiver drops what it has seen
 * @param at      when this attempt is made: receivers refuse what is more than a few minutes off
 * @param secrets each `whsec_…`; the newest first
 * @throws Error when the id could be read as part of the text that is signed, or no or a damaged secret is given
 */
export function signWebhook(
  message: { id: string; at: Date; body: string | Uint8Array },
  secrets: readonly string[],
): WebhookHeaders {
  if (!ID.test(message.id)) throw new Error('The id of a webhook holds letters, digits, - and _ only.')
  if (secrets.length === 0) throw new Error('A webhook is signed with at least one secret.')
  const timestamp = String(Math.floor(message.at.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = webhookKey(secret)
    if (key === null) throw new Error('A webhook secret is whsec_ and 24 to 64 bytes in base64.')
    const signed = createHmac('sha256', key).update(`${message.id}.${timestamp}.`).update(message.body)
    return `v1,${signed.digest('base64')}`
  })
  return { 'webhook-id': message.id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

/** How far from now the timestamp of a message may be, in seconds: Standard Webhooks' own tolerance. */
export const WEBHOOK_TOLERANCE_S = 300
const MOST_SIGNATURES = 16

/** What a message claims in its headers: nothing of it is proven. */
export type WebhookClaim = { id: string; timestamp: number; signatures: readonly Buffer[] }

/** The three headers of a message, read strictly; null where one is missing or is not of its form. */
export function readWebhookHeaders(headers: Readonly<Record<string, unknown>>): WebhookClaim | null {
  const [id, timestamp, said] = [headers['webhook-id'], headers['webhook-timestamp'], headers['webhook-signature']]
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof said !== 'string') return null
  if (!ID.test(id) || !/^[1-9][0-9]{0,11}$/.test(timestamp)) return null
  const signatures = said
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .slice(0, MOST_SIGNATURES)
    .map((each) => Buffer.from(each.slice(3), 'base64'))
  return signatures.length === 0 ? null : { id, timestamp: Number(timestamp), signatures }
}

/**
 * Whether a message was signed with one of these secrets, and lately (Standard Webhooks, "Verifying webhook authenticity"). That it was
 * not seen before is for the receiver to know, by its id.
 * @param body exactly as it arrived
 */
export function verifyWebhook(
  { id, timestamp, signatures }: WebhookClaim,
  body: Uint8Array,
  secrets: readonly string[],
  now: Date,
): 'holds' | 'stale' | 'forged' {
  const keys = secrets.map(webhookKey).filter((key) => key !== null)
  const expected = keys.map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest())
  const holds = expected.some((one) => signatures.some((said) => said.length === 32 && timingSafeEqual(one, said)))
  if (!holds) return 'forged'
  return Math.abs(now.getTime() / 1000 - timestamp) <= WEBHOOK_TOLERANCE_S ? 'holds' : 'stale'
}
