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
/** The same where the last try failed: the provider may be back. */
const TRY_AGAIN_MS = 10_000

const jwks = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(100),
})

/** Where a provider's keys are, and whether that may be in our own network. */
export type KeysAt = { id: string; jwksUrl: string; private: boolean }

type Kept = {
  url: string
  /** the keys had last, and when they were asked for; null while there are none */
  had: { keys: JSONWebKeySet; at: number } | null
  /** when they were asked for last, and how that ended; `failed` while it goes on, too */
  triedAt: number
  failed: boolean
  /** the one fetch under way, for everybody who waits for it */
  fetching: Promise<void> | null
}

const UNAVAILABLE = 'The keys of the issuer cannot be had just now.'
const UNKNOWN = 'The key is not among those of the issuer, which were fetched a moment ago. Send it again.'

/**
 * The keys of identity providers, fetched under the rules streams connect by: no metadata service, no port of ours, private addresses by choice
 * alone, the address that was judged is the one that is connected to, no redirects, 64 KiB and five seconds at most.
 */
export class ProviderKeys {
  readonly #kept = new Map<string, Kept>()

  /**
   * What verifies a token of this provider now. A key that is not among those we hold makes us look again, once a minute and once for everybody who asks
   * meanwhile; in between nobody can say whether it is one of theirs, so that the token has to come again.
   * @param kid the key the token's header names
   * @param now milliseconds since 1970
   * @throws Fault `unavailable`, saying when to try again, where there are no keys to be had, or not the one that is named
   */
  async of(provider: KeysAt, kid: string | undefined, now: number): Promise<JWTVerifyGetKey> {
    const kept = this.#keptOf(provider)
    const serves = () => kept.had !== null && now - kept.had.at < STALE_MS
    const fresh = kept.had !== null && now - kept.had.at < FRESH_MS
    const named = () => kid === undefined || kept.had?.keys.keys.some((key) => key.kid === kid) === true
    if (!fresh || !named()) {
      const looked = await this.#look(provider, kept, now)
      // keys that were asked for after this token came, without its key: it is none of theirs
      if (!named() && !looked) throw unavailable(UNKNOWN, kept, now)
    }
    if (!serves() || kept.had === null) throw unavailable(UNAVAILABLE, kept, now)
    return createLocalJWKSet(kept.had.keys)
  }

  /**
   * The keys asked for anew, for a token that names no key and that those we hold do not verify: theirs may be another by now.
   * @throws Fault `unavailable` where that was tried a moment ago
   */
  async again(provider: KeysAt, now: number): Promise<JWTVerifyGetKey> {
    const kept = this.#keptOf(provider)
    if (!(await this.#look(provider, kept, now)) || kept.had === null) throw unavailable(UNKNOWN, kept, now)
    return createLocalJWKSet(kept.had.keys)
  }

  #keptOf({ id, jwksUrl: url }: KeysAt): Kept {
    const known = this.#kept.get(id)
    if (known?.url === url) return known
    const kept: Kept = { url, had: null, triedAt: -Infinity, failed: false, fetching: null }
    this.#kept.set(id, kept)
    return kept
  }

  /** Fetches the keys unless that was tried a moment ago. @returns whether they were had by a fetch that began now or later */
  async #look(provider: KeysAt, kept: Kept, now: number): Promise<boolean> {
    // one that is under way began before this token came: it may end without the key that signed it
    const before = kept.fetching !== null
    if (!before && now - kept.triedAt < (kept.failed ? TRY_AGAIN_MS : LOOK_AGAIN_MS)) return false
    kept.fetching ??= this.#fetch(provider, kept, now)
    await kept.fetching
    return !before && !kept.failed
  }

  async #fetch(provider: KeysAt, kept: Kept, now: number): Promise<void> {
    Object.assign(kept, { triedAt: now, failed: true })
    try {
      kept.had = { keys: await fetchKeys(provider), at: now }
      kept.failed = false
    } catch (error) {
      console.error(`the keys of an identity provider could not be fetched from ${kept.url}:`, error)
    } finally {
      kept.fetching = null
    }
  }
}

function unavailable(detail: string, { triedAt, failed }: Kept, now: number) {
  const left = triedAt + (failed ? TRY_AGAIN_MS : LOOK_AGAIN_MS) - now
  return fault('unavailable', { detail, retryAfterSeconds: Math.max(1, left / 1_000) })
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
