import type { FastifyInstance } from 'fastify'
import { fault } from '@/lib/core/fault'
import { parseJson } from '@/lib/core/json'

/** Bytes of a request's body; larger ones are refused while they arrive. */
export const BODY_LIMIT = 1_048_576

/**
 * Bodies are JSON, read by our own strict parser from the raw bytes (duplicate keys, depth, prototype keys: DESIGN §6).
 * Fastify's own parsers are removed, so that a route cannot get a body that nobody judged. A protocol that speaks another
 * type adds its parser inside its own plugin.
 */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/problem+json'],
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        // An empty body is no body: routes that want one say so in their contract.
        done(null, body.length === 0 ? undefined : parseJson(body))
      } catch (error) {
        done(error as Error)
      }
    },
  )
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(fault('unsupported_media_type'))
  })
}
