import type { FastifyInstance } from 'fastify'
import { pool } from '@/lib/db/pool'
import type { Gateway } from '@/lib/gateway/routes'
import { signalKeysPublished } from '@/lib/notify/signal-key'

/** Who sends security events, and the keys that sign them: transmitter metadata (SSF 1.0 §7) and a JWK Set. Receivers are set up in the console. */
export async function signalRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.get('/.well-known/ssf-configuration', (_, reply) => {
    const issuer = gateway.issuer()
    return reply.header('cache-control', 'public, max-age=3600').send({
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}/.well-known/ssf-jwks.json`,
      delivery_methods_supported: ['urn:ietf:rfc:8935'],
      default_subjects: 'ALL',
    })
  })
  app.get('/.well-known/ssf-jwks.json', async (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('application/jwk-set+json')
      .send(JSON.stringify(await signalKeysPublished(pool('app')))),
  )
  await Promise.resolve()
}
