import http from 'node:http'
import https from 'node:https'
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { guardedLookup, ownPorts, refuseBarredLiteral, type Allowed } from '@/lib/notify/reach'

const MOST_BYTES = 64 * 1_024
const TIMEOUT_MS = 5_000
/** How long fetched keys serve; after that they are fetched again, and serve on for a day if that fails. */
const FRESH_MS = 10 * 60_000
const STALE_MS = 24 * 3_600_000
/** A token under an unknown key makes us look again, and no more often than this: strangers must not make us fetch. */
const LOOK_AGAIN_MS = 60_000

const jwks = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(100),
})

/** Where a provider's keys are, and whether that may be in our own network. */
export type KeysAt = { id: string; jwksUrl: string; private: boolean }

type Kept = { url: string; keys: JSONWebKeySet; at: number; triedAt: number }

/**
 * The keys of identity providers, fetched under the rules streams connect by: no metadata service, no port of ours, private addresses by choice
 * alone, the address that was judged is the one that is connected to, no redirects, 64 KiB and five seconds at most.
 */
export class ProviderKeys {
  readonly #kept = new Map<string, Kept>()

  /**
   * What verifies a token of this provider now. `kid` is what its header names: one we do not hold makes us look again, once a minute.
   * @throws Fault `unavailable` when there are no keys to be had
   */
  async of(provider: KeysAt, kid: string | undefined, now: number): Promise<JWTVerifyGetKey> {
    const kept = this.#kept.get(provider.id)
    const same = kept?.url === provider.jwksUrl ? kept : undefined
    const fresh = same !== undefined && now - same.at < FRESH_MS
    const known = kid === undefined || same?.keys.keys.some((key) => key.kid === kid) === true
    if (same !== undefined && ((fresh && known) || now - same.triedAt < LOOK_AGAIN_MS))
      return createLocalJWKSet(same.keys)
    try {
      const keys = await fetchKeys(provider)
      this.#kept.set(provider.id, { url: provider.jwksUrl, keys, at: now, triedAt: now })
      return createLocalJWKSet(keys)
    } catch (error) {
      if (same !== undefined && now - same.at < STALE_MS) {
        same.triedAt = now
        return createLocalJWKSet(same.keys)
      }
      throw fault('unavailable', { detail: 'The keys of the issuer cannot be had just now.', cause: error })
    }
  }
}

/** Fetches and reads a JWK Set (RFC 7517 §5). Private parts are none of ours: a set that has some is refused. @throws Error */
export async function fetchKeys({ jwksUrl, private: own }: KeysAt): Promise<JSONWebKeySet> {
  const url = new URL(jwksUrl)
  const secured = url.protocol === 'https:'
  const port = url.port === '' ? (secured ? 443 : 80) : Number(url.port)
  const allowed: Allowed = { private: own, plain: !secured, port, ownPorts: ownPorts() }
  refuseBarredLiteral(url.hostname, allowed)
  const parsed = jwks.parse(JSON.parse(await get(url, allowed)))
  if (parsed.keys.some((key) => 'd' in key || key.kty === 'oct')) throw new Error('The set holds secret keys.')
  return parsed
}

function get(url: URL, allowed: Allowed): Promise<string> {
  const send = url.protocol === 'https:' ? https.get : http.get
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        headers: { accept: 'application/jwk-set+json, application/json', 'user-agent': 'countersign' },
        lookup: guardedLookup(allowed),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        agent: false,
      },
      (response) => {
        if (response.statusCode !== 200) {
          response.destroy()
          reject(new Error(`HTTP ${String(response.statusCode)}`))
          return
        }
        const chunks: Buffer[] = []
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > MOST_BYTES) response.destroy(new Error('The set is too large.'))
          else chunks.push(chunk)
        })
        response.on('error', reject)
        response.on('end', () => {
          resolve(Buffer.concat(chunks).toString('utf8'))
        })
      },
    )
    request.on('error', reject)
  })
}
