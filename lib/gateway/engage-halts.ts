import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { parseJson } from '@/lib/core/json'
import { Kept } from '@/lib/core/kept'
import { pool } from '@/lib/db/pool'
import { reservedDb } from '@/lib/db/urgent'
import { HaltSources } from '@/lib/gateway/halt-sources'
import { RateLimit } from '@/lib/gateway/rate'
import type { Gateway } from '@/lib/gateway/routes'
import { engageAsked } from '@/lib/halt/engage-asked'
import type { Engaged } from '@/lib/halt/engage'
import { haltBanners, type HaltView } from '@/lib/halt/read'
import { takeDelivery } from '@/lib/halt/take-delivery'
import type { Actor } from '@/lib/people/actor'
import { actorOfBearer, bearerHash, bearersStanding } from '@/lib/people/actor-read'
import { type Act, can } from '@/lib/people/permission'

/** A body of this is more than any halt takes. */
const MOST_BYTES = 16_384
/** Requests a second, and at once, of one token. Nobody else's take from it, from whichever address they come. */
const PER_SECOND = 10
const AT_ONCE = 60
/** However many guesses come, the tokens that stand are read no more often than this, in milliseconds. */
const KEPT_MS = 250

/**
 * `/api/v1/halts`: people with a token of theirs, and sources with a signature, engage halts; nobody lifts one here. All of it runs on
 * the reserved connections and needs no page of the console (ADR 0041).
 */
export async function engageRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const sources = new HaltSources()
  const rate = new RateLimit(PER_SECOND, AT_ONCE, 'This token')
  const tokens = new Kept(() => bearersStanding(reservedDb()), KEPT_MS)
  app.addHook('onClose', () => {
    sources.close()
  })
  // a signature is over the bytes as they came
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_, body, done) => {
    done(null, body)
  })
  app.addContentTypeParser('*', (_, __, done) => {
    done(fault('unsupported_media_type'))
  })

  app.post('/api/v1/halts', async (request, reply) => {
    const now = gateway.now()
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    reply.header('cache-control', 'no-store')
    if (request.headers.authorization === undefined && 'webhook-signature' in request.headers) {
      const said = { source: (request.query as Record<string, unknown>).source, headers: request.headers, body }
      const { source, webhookId } = await sources.sourceOf(said, now)
      return answer(await takeDelivery(source, webhookId, body, now))
    }
    const person = await personOf(request, 'halt.engage')
    return answer(await engageAsked(parseJson(body), { by: person.id, tokenId: person.via.id }, now))
  })

  app.get('/api/v1/halts', async (request, reply) => {
    await personOf(request, 'halt.read')
    reply.header('cache-control', 'no-store')
    return { halts: (await haltBanners(pool('reserved'))).map(listed) }
  })

  /** @throws Fault `unauthenticated`, `invalid_credential`, `not_permitted`, `too_many_requests` */
  async function personOf(request: FastifyRequest, act: Act): Promise<Actor> {
    const { authorization } = request.headers
    if (authorization === undefined)
      throw fault('unauthenticated', {
        detail: 'Send a token for halts as “Authorization: Bearer cst_…”; make one under /settings/tokens.',
      })
    const hash = bearerHash(authorization)
    if (hash === undefined || (await tokens.recall((standing) => standing.has(hash) || undefined)) === undefined)
      throw fault('invalid_credential')
    rate.take(hash, gateway.now().getTime())
    // what was kept proves that it was one of ours, not that it stands
    const actor = await actorOfBearer(reservedDb(), authorization)
    if (actor === undefined) throw fault('invalid_credential')
    const permission = can(actor, act)
    if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
    return actor
  }
}

function answer({ id, already, unrecorded }: Engaged) {
  return { id: publicId('halt', id), already, recorded: unrecorded !== true }
}

function listed({ id, scope, name, run, engagedBy, source, engagedAt, until }: HaltView) {
  return {
    id,
    scope,
    target: run ?? name,
    engaged_by: engagedBy?.name ?? source,
    engaged_at: engagedAt.toISOString(),
    until: until?.toISOString() ?? null,
  }
}
