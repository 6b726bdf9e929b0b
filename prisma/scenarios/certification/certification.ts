import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ConsoleClient } from '../console-client'
import { foundOrganisation, type FoundPerson } from '../found'
import { confirmCatalogue, govern } from '../govern'
import { agents, catalogue, organisation, people, teams } from './organisation'

type Step = (name: string, work: () => Promise<string | undefined>) => Promise<void>

/** What `credentials.json` of this organisation says; mode 0600. `token` is the enforcement point's. */
type Credentials = {
  baseUrl: string
  token: string
  people: { email: string; name: string; roles: readonly string[]; password: string }[]
}

/**
 * Founds the organisation of AuthZEN's certification scenario beside a running server, on its first start: two agents, and an enforcement point that may ask
 * for both. Made as people make it, through the console's own API.
 * @returns sign-ins to print, and how to stop what runs beside the server, which is nothing
 */
export async function certification(
  server: { url: string; firstRun: string | undefined },
  dataFolder: string,
  step: Step,
): Promise<{ people: Credentials['people']; stop: () => Promise<void> }> {
  const file = path.join(dataFolder, 'credentials.json')
  const stop = () => Promise.resolve()
  if (server.firstRun === undefined) {
    if (!existsSync(file))
      throw new Error(`${file} is missing, so nobody can sign in: remove the folder it was in and start again.`)
    return { people: (JSON.parse(readFileSync(file, 'utf8')) as Credentials).people, stop }
  }
  const found = await foundAll(server.url, server.firstRun, step)
  writeFileSync(file, `${JSON.stringify({ baseUrl: server.url, ...found }, null, 2)}\n`, { mode: 0o600 })
  return { people: found.people, stop }
}

async function foundAll(url: string, firstRun: string, step: Step): Promise<Omit<Credentials, 'baseUrl'>> {
  let cast = new Map<string, FoundPerson>()
  await step('organisation', async () => {
    cast = await foundOrganisation(url, firstRun, { organisation, teams, people, onCall: 'dana' })
    return `${organisation.name}: ${cast.size} people`
  })
  const of = (key: string): FoundPerson => {
    const person = cast.get(key)
    if (person === undefined) throw new Error(`Nobody is called ${key}.`)
    return person
  }
  await step('agents', async () => {
    await confirmCatalogue(url, catalogue, of('priya'), of('dana'))
    for (const agent of agents) await govern(url, agent, of('priya'), of('ilse'))
    return agents.map(({ slug }) => slug).join(' and ')
  })
  let token = ''
  await step('point', async () => {
    const priya = await new ConsoleClient(url).signIn(of('priya').email, of('priya').password)
    const made = await priya.post<{ id: string; token: string }>('/api/console/enforcement-points', {
      name: 'Certification suite',
      days: '90',
    })
    for (const { slug } of agents)
      await priya.post(`/api/console/enforcement-points/${made.id}/agents`, { agent: slug })
    token = made.token
    return 'may ask for both'
  })
  const signIns = [...cast.values()].map(({ email, name, roles, password }) => ({ email, name, roles, password }))
  return { token, people: signIns }
}
