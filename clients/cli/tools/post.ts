import type { JsonValue } from '@/lib/core/json'
import { importedWords } from '@/lib/tools/imported-words'
import type { ImportedList } from '@/lib/tools/import-list'
import type { Environment } from '../shared/command'
import { EXITS, exitForStatus } from '../shared/exits'
import { Trouble, usage } from '../shared/trouble'

/**
 * Posts a list to the catalogue in somebody's own name: signs in by COUNTERSIGN_EMAIL and COUNTERSIGN_PASSWORD, posts, and signs out.
 * Answers what became of it, in words too. @throws Trouble with what the console says
 */
export async function postList(
  server: string,
  name: string,
  tools: readonly JsonValue[],
  env: Environment,
): Promise<ImportedList & { words: string }> {
  if (!URL.canParse(server)) throw usage('--server is a URL: http://localhost:3000.')
  const { COUNTERSIGN_EMAIL: email, COUNTERSIGN_PASSWORD: password } = env
  if (!email || !password)
    throw new Trouble(
      'Set COUNTERSIGN_EMAIL and COUNTERSIGN_PASSWORD: a person imports, and answers for it.',
      EXITS.signed_out,
    )
  const origin = new URL(server).origin
  const post = (path: string, body: object, cookie?: string) => ask(origin, path, body, cookie)
  const signedIn = await post('/api/console/sessions', { email, password })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  try {
    const answer = await post('/api/console/tools/lists', { server: name, list: JSON.stringify({ tools }) }, cookie)
    const imported = (await answer.json()) as ImportedList
    return { ...imported, words: importedWords(imported) }
  } finally {
    await post('/api/console/sessions/current', {}, cookie).catch(() => undefined)
  }
}

async function ask(origin: string, path: string, body: object, cookie: string | undefined): Promise<Response> {
  let response: Response
  try {
    response = await fetch(origin + path, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(30_000),
      headers: { 'content-type': 'application/json', origin, ...(cookie !== undefined && { cookie }) },
      body: JSON.stringify(body),
    })
  } catch {
    throw new Trouble(`The console at ${origin} cannot be reached.`, EXITS.unreachable)
  }
  if (response.ok) return response
  const problem = (await response.json().catch(() => ({}))) as { code?: unknown; detail?: unknown }
  const detail = typeof problem.detail === 'string' ? problem.detail : 'It does not say why.'
  throw new Trouble(
    `The console refuses (HTTP ${String(response.status)}): ${detail}`,
    exitForStatus(response.status),
    typeof problem.code === 'string' ? problem.code : undefined,
  )
}
