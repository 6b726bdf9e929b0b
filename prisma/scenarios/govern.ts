import { ConsoleClient } from './console-client'
import type { FoundPerson } from './found'

/** What an agent needs before it may act: who answers for it, where its data goes, and what it may do. */
export type AgentToGovern = {
  slug: string
  purpose: string
  team: string
  environment: string
  boundary: string
  data: { provider: string; region: string; retention: string; agreement: string }
}

export type GovernedAgent = { slug: string; clientId: string; clientSecret: string }

const REVIEW_IN_DAYS = 80

/**
 * Takes an agent from nothing to governed, by the hands of two people: the owner registers it, accepts where its data goes, drafts
 * its boundary, makes its credential and activates it; the ciso signs.
 */
export async function govern(
  server: string,
  agent: AgentToGovern,
  owner: FoundPerson,
  ciso: FoundPerson,
): Promise<GovernedAgent> {
  const mine = await new ConsoleClient(server).signIn(owner.email, owner.password)
  const theirs = await new ConsoleClient(server).signIn(ciso.email, ciso.password)
  const { teams } = await mine.get<{ teams: { id: string; name: string }[] }>('/api/console/teams')
  const at = `/api/console/agents/${agent.slug}`
  await mine.post('/api/console/agents', {
    slug: agent.slug,
    purpose: agent.purpose,
    teamId: teams.find(({ name }) => name === agent.team)?.id,
    environment: agent.environment,
    reviewDate: new Date(Date.now() + REVIEW_IN_DAYS * 86_400_000).toISOString().slice(0, 10),
    dataProvider: agent.data.provider,
    dataRegion: agent.data.region,
    dataRetention: agent.data.retention,
    dataAgreement: agent.data.agreement,
    acceptData: 'yes',
  })
  const drafted = await mine.post<{ version: number; digest: string }>(`/api/console/boundaries/${agent.slug}/draft`, {
    source: agent.boundary,
    note: 'First version: what it needs to begin with, and nothing more.',
  })
  await theirs.post(`/api/console/boundaries/${agent.slug}/${drafted.version}/signature`, {
    digest: drafted.digest,
    statement:
      'Read line by line with the owner. What leaves the house, spends or cannot be undone waits for a person.',
  })
  const { clientId, clientSecret } = await mine.post<{ clientId: string; clientSecret: string }>(`${at}/credentials`)
  await mine.post(`${at}/activation`)
  return { slug: agent.slug, clientId, clientSecret }
}

/** Imports a catalogue by one person's hand and has another confirm every class. */
export async function confirmCatalogue(
  server: string,
  lines: readonly object[],
  importer: FoundPerson,
  confirmer: FoundPerson,
): Promise<void> {
  const mine = await new ConsoleClient(server).signIn(importer.email, importer.password)
  await mine.post('/api/console/tools/import', { lines: lines.map((line) => JSON.stringify(line)).join('\n') })
  const theirs = await new ConsoleClient(server).signIn(confirmer.email, confirmer.password)
  const { tools } = await theirs.get<{ tools: { id: string; class: object | null; confirmedAt: string | null }[] }>(
    '/api/console/tools',
  )
  const open = tools.filter((tool) => tool.confirmedAt === null && tool.class !== null).map((tool) => tool.id)
  await theirs.post('/api/console/tools/confirmations', { id: open })
}
