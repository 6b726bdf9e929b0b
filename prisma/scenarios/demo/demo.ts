import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { canary, CANARY_TOOL } from '@/clients/canary/canary'
import { CountersignClient } from '@/clients/sdk/client'
import { ConsoleClient } from '../console-client'
import { foundOrganisation, type FoundPerson } from '../found'
import { confirmCatalogue, govern, type GovernedAgent } from '../govern'
import { runAgent, type RunningAgent } from './agent'
import { agents, catalogue, dataGoes, organisation, people, teams } from './organisation'
import { programs } from './programs'
import { tellStory } from './story'

type Step = (name: string, work: () => Promise<string | undefined>) => Promise<void>

/** What `.data/demo/credentials.json` says (DESIGN §3); mode 0600. */
type Credentials = {
  baseUrl: string
  auditorToken: string
  people: { email: string; name: string; roles: readonly string[]; password: string }[]
  agents: (GovernedAgent & { client: 'api'; sampleAllowedAction?: unknown })[]
}

/** Between two rounds of an agent: often enough to see it live, rarely enough to leave running for a week. */
const EVERY_MS = 75_000

/**
 * Brings the demo to life beside a running server: founds the organisation on the first start, and runs the agents' programs
 * as clients of the API on every one.
 * @returns sign-ins to print, and how to stop the agents
 */
export async function demo(
  server: { url: string; firstRun: string | undefined },
  dataFolder: string,
  step: Step,
): Promise<{ people: Credentials['people']; stop: () => Promise<void> }> {
  const file = path.join(dataFolder, 'credentials.json')
  const stopping = new AbortController()
  const running = new Map<string, RunningAgent>()
  let singing: Promise<void> = Promise.resolve()
  const startAgents = (governed: readonly GovernedAgent[]) => {
    for (const agent of governed) {
      if (agent.slug === 'canary') {
        const client = new CountersignClient({ server: server.url, ...agent, signal: stopping.signal })
        singing = canary(client, { everyMs: EVERY_MS, say: () => undefined }, stopping.signal)
      }
      const program = programs[agent.slug]
      if (program === undefined) continue
      const options = { server: server.url, ...agent, program, everyMs: EVERY_MS }
      running.set(agent.slug, runAgent(options, stopping.signal, trouble))
    }
  }
  const stop = async () => {
    stopping.abort()
    await Promise.all([singing, ...[...running.values()].map(({ ended }) => ended)])
  }

  try {
    if (server.firstRun === undefined) {
      const known = read(file)
      await step('agents', async () => {
        startAgents(known.agents)
        return `${known.agents.length} programs run as clients of the API`
      })
      return { people: known.people, stop }
    }
    return { people: await foundAndTell(server.url, server.firstRun, file, step, startAgents, running), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function foundAndTell(
  url: string,
  firstRun: string,
  file: string,
  step: Step,
  startAgents: (governed: readonly GovernedAgent[]) => void,
  running: ReadonlyMap<string, RunningAgent>,
): Promise<Credentials['people']> {
  let cast = new Map<string, FoundPerson>()
  const governed: GovernedAgent[] = []
  await step('organisation', async () => {
    cast = await foundOrganisation(url, firstRun, { organisation, teams, people, onCall: 'dana' })
    return `${organisation.name}: ${cast.size} people, ${teams.length} teams`
  })
  const of = (key: string): FoundPerson => {
    const person = cast.get(key)
    if (person === undefined) throw new Error(`Nobody is called ${key}.`)
    return person
  }
  await step('agents', async () => {
    await confirmCatalogue(url, catalogue, of('priya'), of('dana'))
    for (const { owner, ...agent } of agents)
      governed.push(await govern(url, { ...agent, data: dataGoes }, of(owner), of('ilse')))
    return `${governed.length} registered by their owners, every boundary signed by ${of('ilse').name}`
  })
  const auditor = await new ConsoleClient(url).signIn(of('sanne').email, of('sanne').password)
  const { token } = await auditor.post<{ token: string }>('/api/console/tokens', { name: 'demo', days: 90 })
  const credentials: Credentials = {
    baseUrl: url,
    auditorToken: token,
    people: [...cast.values()].map(({ email, name, roles, password }) => ({ email, name, roles, password })),
    agents: governed.map((agent) => ({ ...agent, client: 'api' as const, ...sampleOf(agent.slug) })),
  }
  writeFileSync(file, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 })
  await step('story', async () => {
    startAgents(governed)
    await tellStory(url, running, cast)
    return 'actions allowed, held, approved, rejected and forbidden; one agent halted'
  })
  return credentials.people
}

/** Something this agent may do alone: the first thing its program does. The halted one may do nothing. */
function sampleOf(slug: string): { sampleAllowedAction?: unknown } {
  if (slug === 'canary') return { sampleAllowedAction: { tool: CANARY_TOOL, arguments: {} } }
  const first = programs[slug]?.opening[0]
  return first === undefined || slug === 'kb-librarian' ? {} : { sampleAllowedAction: first.proposal }
}

function read(file: string): Credentials {
  if (!existsSync(file))
    throw new Error(
      `${file} is missing, so the demo's people and agents cannot sign in: remove the folder beside it and start again.`,
    )
  return JSON.parse(readFileSync(file, 'utf8')) as Credentials
}

function trouble(slug: string, error: unknown): void {
  process.stderr.write(
    `${new Date().toISOString()} ${slug}: ${error instanceof Error ? error.message : String(error)}\n`,
  )
}
