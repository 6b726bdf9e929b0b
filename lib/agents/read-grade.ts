import type { Sql } from '@/lib/ledger/sql'
import { type Grade, gradeAt, rankOf, SEEN_FOR_MS, type Seen, type Standing, standingOf, WAYS } from './grade'
import { countRanks, findSigns, findWeakest, idOfSlug, type Ranking } from './store-sign'

/** How well a halt would hold these agents, by bare id; each that is asked for has an answer. */
export async function readStandings(
  sql: Sql,
  agentIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Standing>> {
  const seen = new Map<string, Seen>(agentIds.map((id) => [id, {}]))
  if (agentIds.length > 0)
    for (const { agent, sign, first, last, times } of await findSigns(sql, agentIds))
      seen.set(agent, { ...seen.get(agent), [sign]: { first, last, times: Number(times) } })
  return new Map([...seen].map(([id, each]) => [id, standingOf(each, now)]))
}

/** How well a halt would hold one agent. */
export async function readStanding(sql: Sql, agentId: string, now: Date): Promise<Standing> {
  return (await readStandings(sql, [agentId], now)).get(agentId) ?? standingOf({}, now)
}

/** The same by its name; nothing seen where there is no such agent. */
export async function readStandingOf(sql: Sql, slug: string, now: Date): Promise<Standing> {
  const id = await idOfSlug(sql, slug)
  return id === null ? standingOf({}, now) : readStanding(sql, id, now)
}

/** How many agents that could act stand at a grade, the strongest first; null: nothing was seen of them. Grades without any are left out. */
export type GradeCount = { grade: Grade | null; agents: number }

export async function countGrades(sql: Sql, now: Date): Promise<GradeCount[]> {
  return gradesOf(await countRanks(sql, rankingAt(now)))
}

/** Agents that could act, with how well a halt would hold each: the weakest first, then by name. */
export async function readActiveStandings(
  sql: Sql,
  now: Date,
  most: number,
): Promise<{ rows: { slug: string; standing: Standing }[]; all: number }> {
  const agents = await findWeakest(sql, rankingAt(now), most)
  const standings = await readStandings(
    sql,
    agents.map(({ id }) => id),
    now,
  )
  const rows = agents.map(({ id, slug }) => ({ slug, standing: standings.get(id) ?? standingOf({}, now) }))
  return { rows, all: agents[0]?.all ?? 0 }
}

/** What each way is worth as a rank at a moment. */
export function rankingAt(now: Date): Ranking {
  const ranks = Object.fromEntries(Object.entries(WAYS).map(([way, grade]) => [way, rankOf(grade)]))
  return { ranks, unseen: rankOf(null), since: new Date(now.getTime() - SEEN_FOR_MS) }
}

/** Ranks that were counted, as grades, the strongest first. */
export const gradesOf = (counted: readonly { rank: number; agents: number }[]): GradeCount[] =>
  counted.toSorted((a, b) => a.rank - b.rank).map(({ rank, agents }) => ({ grade: gradeAt(rank), agents }))
