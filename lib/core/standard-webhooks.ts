import { createHmac, randomBytes } from 'node:crypto'

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
