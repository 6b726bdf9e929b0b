import type { FastifyInstance } from 'fastify'
import { fault } from '@/lib/core/fault'
import { TOKEN_SCOPES } from '@/lib/agents/token'
import { isServerName } from '@/lib/tools/tool'

/** The identifier of an upstream as a protected resource (RFC 8707 §2): its address here. */
export const resourceOf = (issuer: string, server: string): string => `${issuer}/mcp/${server}`

/** `WWW-Authenticate` of a 401 (RFC 6750 §3, RFC 9728 §5.1). */
export function challenge(issuer: string, server: string, code: string): string {
  const metadata = `${issuer}/.well-known/oauth-protected-resource${isServerName(server) ? `/mcp/${server}` : ''}`
  const error = code === 'invalid_credential' ? 'error="invalid_token", ' : ''
  return `Bearer ${error}resource_metadata="${metadata}", scope="act"`
}

/**
 * Metadata of each upstream as a protected resource (RFC 9728 §3). It says the same of every name: who asks learns nothing of which are connected.
 */
export function metadataRoutes(app: FastifyInstance, { issuer }: { issuer: () => string }): void {
  const document = (resource: string) => ({
    resource,
    authorization_servers: [issuer()],
    scopes_supported: [...TOKEN_SCOPES],
    bearer_methods_supported: ['header'],
    resource_name: 'Countersign',
  })
  app.get('/.well-known/oauth-protected-resource', (_, reply) =>
    reply.header('cache-control', 'public, max-age=3600').send(document(issuer())),
  )
  app.get('/.well-known/oauth-protected-resource/mcp/:server', (request, reply) => {
    const { server = '' } = request.params as { server?: string } // the route's pattern has one
    if (!isServerName(server)) throw fault('not_found')
    return reply.header('cache-control', 'public, max-age=3600').send(document(resourceOf(issuer(), server)))
  })
}
