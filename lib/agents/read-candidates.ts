import type { Db } from '@/lib/db/client'

/** An agent as lists of answers name it: who answers for it, and where it belongs. */
export type Candidate = {
  id: string
  slug: string
  state: string
  environment: string
  team: string
  owner: { id: string; name: string; active: boolean }
}

const SELECTED = {
  id: true,
  slug: true,
  state: true,
  environment: true,
  team: { select: { name: true } },
  owner: { select: { id: true, name: true, deactivatedAt: true } },
} as const

/** The agents that are not retired, by name, after a name; `word`: only those whose name has it. Uses agent_slug_key. */
export async function candidates(
  db: Db,
  { after, word, most }: { after: string; word: string; most: number },
): Promise<Candidate[]> {
  const rows = await db.agent.findMany({
    where: { state: { not: 'retired' }, slug: { gt: after, ...(word !== '' && { contains: word }) } },
    orderBy: { slug: 'asc' },
    take: most,
    select: SELECTED,
  })
  return rows.map(({ team, owner, ...row }) => ({
    ...row,
    team: team.name,
    owner: { id: owner.id, name: owner.name, active: owner.deactivatedAt === null },
  }))
}
