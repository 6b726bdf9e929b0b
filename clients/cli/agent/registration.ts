import { ENVIRONMENTS } from '@/lib/agents/agent'
import type { RegisterInput } from '@/lib/agents/contract'
import { EXITS } from '../shared/exits'
import { didYouMean } from '../shared/nearest'
import type { PersonSession } from '../shared/session'
import { Trouble, usage } from '../shared/trouble'

export type Said = {
  purpose?: string | undefined
  team?: string | undefined
  environment?: string | undefined
  'review-date'?: string | undefined
  'data-provider'?: string | undefined
  'data-region'?: string | undefined
  'data-retention'?: string | undefined
  'data-agreement'?: string | undefined
  'accept-data': boolean
}

const DAY_MS = 86_400_000
const REVIEW_IN_DAYS = 90

/** What the console's form would send for it. @throws Trouble where a team or an environment is none */
export async function registration(
  session: PersonSession,
  slug: string,
  said: Said,
  now: Date,
): Promise<RegisterInput> {
  const environment = ENVIRONMENTS.find((each) => each === said.environment)
  if (environment === undefined)
    throw usage(`--environment is ${ENVIRONMENTS.join(', ')}.${didYouMean(said.environment ?? '', ENVIRONMENTS)}`)
  const { teams } = await session.ask<{ teams: { id: string; name: string }[] }>('GET', '/api/console/teams')
  const team = teams.find(({ name }) => name.toLowerCase() === said.team?.toLowerCase())
  if (team === undefined) {
    const names = teams.map(({ name }) => name)
    const there = names.length === 0 ? 'There is none yet.' : `There is ${names.join(', ')}.`
    throw new Trouble(
      `There is no team ${JSON.stringify(said.team)}.${didYouMean(said.team ?? '', names)} ${there}`,
      EXITS.no,
      'unknown_team',
    )
  }
  return {
    slug,
    purpose: said.purpose ?? '',
    teamId: team.id,
    environment,
    reviewDate: said['review-date'] ?? new Date(now.getTime() + REVIEW_IN_DAYS * DAY_MS).toISOString().slice(0, 10),
    dataProvider: said['data-provider'],
    dataRegion: said['data-region'],
    dataRetention: said['data-retention'],
    dataAgreement: said['data-agreement'],
    ...(said['accept-data'] && { acceptData: 'yes' as const }),
  }
}
