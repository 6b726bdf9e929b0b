import type { Sql } from '@/lib/ledger/sql'
import { type Grade, gradeAt, rankOf, SEEN_FOR_MS, type Seen, type Standing, standingOf, WAYS } from './grade'
import { countRanks, findSigns } from './store-sign'

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

/** How many agents that could act stand at a grade, the strongest first; null: nothing was seen of them. Grades without any are left out. */
export type GradeCount = { grade: Grade | null; agents: number }

export async function countGrades(sql: Sql, now: Date): Promise<GradeCount[]> {
  const found = await countRanks(sql, WAY_RANKS, rankOf(null), new Date(now.getTime() - SEEN_FOR_MS))
  return found.toSorted((a, b) => a.rank - b.rank).map(({ rank, agents }) => ({ grade: gradeAt(rank), agents }))
}

/** What each way is worth as a rank: for statements that count agents by grade. */
export const WAY_RANKS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(WAYS).map(([way, grade]) => [way, rankOf(grade)]),
)
