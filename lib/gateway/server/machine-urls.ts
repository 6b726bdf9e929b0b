/** The addresses Fastify answers (DESIGN §6). Everything else is a human's, and Next's. */
const PREFIXES = ['/api/v1/', '/api/hooks/', '/oauth/', '/access/v1/', '/mcp/', '/log/', '/.well-known/'] as const
const EXACT: ReadonlySet<string> = new Set(['/api/health', '/api/ready', '/api/openapi.json', '/metrics'])

/** Whether a request's target (path and query, as sent) belongs to the machines. */
export function isMachineUrl(target: string): boolean {
  const end = target.indexOf('?')
  const path = end === -1 ? target : target.slice(0, end)
  return EXACT.has(path) || PREFIXES.some((prefix) => path.startsWith(prefix))
}
