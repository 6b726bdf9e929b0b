import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Gateway } from '@/lib/gateway/routes'
import { RateLimit } from '@/lib/gateway/rate'
import { ProviderKeys } from '@/lib/signals/provider-keys'
import { type Door, keptProviders, receive } from '@/lib/signals/receive'
import type { SetError } from '@/lib/signals/security-event'

const MEDIA_TYPE = 'application/secevent+jwt'
const MOST_BYTES = 64 * 1_024
/** Events a second, and at once, of one provider; and tokens that are none of theirs, from one address: neither takes from the other. */
const PER_SECOND = 10
const AT_ONCE = 200

/**
 * `POST /api/v1/security-events`: an identity provider pushes a Security Event Token (RFC 8935 §2). 202 without a body when it is taken, the
 * errors of §2.4 when it is not. The token is the credential: nothing else authenticates its sender.
 */
export async function securityEventRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const keys = new ProviderKeys()
  const providers = keptProviders()
  const events = new RateLimit(PER_SECOND, AT_ONCE, 'This provider')
  const strangers = new RateLimit(PER_SECOND, AT_ONCE, 'This address')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(MEDIA_TYPE, { parseAs: 'string', bodyLimit: MOST_BYTES }, (_, body, done) => {
    done(null, body)
  })
  // read no further than that, and refused by name
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BYTES }, (_, __, done) => {
    done(null, null)
  })
  app.post('/api/v1/security-events', async (request, reply) => {
    if (typeof request.body !== 'string') return refuse(reply, 'invalid_request', `Send ${MEDIA_TYPE}.`)
    const now = gateway.now()
    const door: Door = {
      keys,
      providers,
      refuses: () => {
        strangers.take(request.ip, now.getTime())
      },
      proven: (providerId) => {
        events.take(providerId, now.getTime())
      },
    }
    const received = await receive(request.body.trim(), door, now)
    return received.ok ? reply.code(202).send() : refuse(reply, received.err, received.description)
  })
  await Promise.resolve()
}

function refuse(reply: FastifyReply, err: SetError, description: string): FastifyReply {
  return reply
    .code(400)
    .headers({ 'content-language': 'en', 'cache-control': 'no-store' })
    .type('application/json')
    .send({ err, description })
}
