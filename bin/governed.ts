import { CountersignClient } from '../clients/sdk/client'
import { foundOrganisation, type FoundPerson } from '../prisma/scenarios/found'
import { confirmCatalogue, govern } from '../prisma/scenarios/govern'
import { dataFolder, postgresOf, startServer, type Started } from './testing'

const TEAM = 'Operations'
type Key = 'noor' | 'ilse' | 'dana' | 'priya'
const person = (key: Key, roles: string[]) => ({
  key,
  name: `${key} Quill`,
  email: `${key}@quillhaven.example`,
  roles,
  team: TEAM,
})
const CAST = {
  organisation: { name: 'Quillhaven Mutual', timeZone: 'UTC' },
  teams: [TEAM],
  people: [
    person('noor', ['administrator']),
    person('ilse', ['ciso']),
    person('dana', ['analyst']),
    person('priya', []),
  ],
  onCall: 'dana',
}
const SLUG = 'ticket-closer'
/** Reading is allowed; closing waits for a person for days. */
const BOUNDARY = `agent: ${SLUG}
purpose: Closes tickets when a person agrees
mcp_scopes:
  tickets: [read, write]
approval_required:
  - tool: tickets.close
    within: 3d
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`
/** An action that is allowed, and one that waits for a person. */
export const READ = { tool: 'tickets.get', arguments: { ticket: 'SUP-1' } }
export const CLOSE = { tool: 'tickets.close', arguments: { ticket: 'SUP-1' } }

/** What a test leaves to be undone, last first. */
export type Undo = (() => Promise<void> | void)[]

export type House = { folder: string; running: Started; url: string; of: (key: Key) => FoundPerson }
export type Install = House & {
  dana: FoundPerson
  ilse: FoundPerson
  credentials: { clientId: string; clientSecret: string }
}

/** A whole server with its organisation, and nobody registered yet. `env` is of the server. */
export async function house(undo: Undo, env: Record<string, string> = {}): Promise<House> {
  const { folder, remove } = dataFolder()
  undo.push(remove)
  const { running, url } = await startOn(folder, undo, env)
  const link = /http:\/\/\S+\/welcome\/\S+/.exec(running.output())?.[0]
  if (link === undefined) throw new Error('it printed no first link')
  const people = await foundOrganisation(url, link, CAST)
  const of = (key: Key): FoundPerson => {
    const found = people.get(key)
    if (found === undefined) throw new Error(`nobody is ${key}`)
    return found
  }
  return { folder, running, url, of }
}

/** An agent of a house, under a boundary that a ciso signed: the credentials of its program. */
export function governed(
  { url, of }: Pick<House, 'url' | 'of'>,
  { slug, purpose, boundary }: { slug: string; purpose: string; boundary: string },
): Promise<{ clientId: string; clientSecret: string }> {
  const data = { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' }
  const agent = { slug, purpose, team: TEAM, environment: 'production', boundary, data }
  return govern(url, agent, of('priya'), of('ilse'))
}

/** A whole server with one governed agent, made as people make it. `env` is of the server. */
export async function install(undo: Undo, env: Record<string, string> = {}): Promise<Install> {
  const at = await house(undo, env)
  const lines = [
    { tool: 'tickets.close', class: { access: 'write', reversible: true } },
    { tool: 'tickets.get', class: { access: 'read' } },
  ]
  await confirmCatalogue(at.url, lines, at.of('ilse'), at.of('dana'))
  const credentials = await governed(at, { slug: SLUG, purpose: 'Closes tickets.', boundary: BOUNDARY })
  return { ...at, dana: at.of('dana'), ilse: at.of('ilse'), credentials }
}

/** Starts a server on a folder; what is left of it, its Postgres too, ends with the test. */
export async function startOn(
  folder: string,
  undo: Undo,
  env: Record<string, string> = {},
): Promise<{ running: Started; url: string }> {
  const running = startServer({ env: { COUNTERSIGN_DATA: folder, ...env } })
  undo.push(async () => {
    running.child.kill('SIGTERM')
    await running.ended
    const left = postgresOf(folder)
    if (left !== null) process.kill(left, 'SIGKILL')
  })
  return { running, url: await running.ready() }
}

/** The agent's own program. It asks once: a test says itself when to ask again. */
export function programOf(
  { url, credentials }: Pick<Install, 'url' | 'credentials'>,
  signal?: AbortSignal,
): CountersignClient {
  return new CountersignClient({ server: url, ...credentials, patienceSeconds: 0, ...(signal && { signal }) })
}
