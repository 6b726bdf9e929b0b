import type pg from 'pg'
import { type Candidate, candidates } from '@/lib/agents/read-candidates'
import type { Db } from '@/lib/db/client'
import { rulePlaces } from '@/lib/decisions/rule-places'
import type { AgentStanding } from '@/lib/decisions/standing'
import { type Would, wouldAnswer } from '@/lib/decisions/would'
import type { ToolName } from '@/lib/tools/tool'
import { lookingDecider, unhurried } from './looking'
import { answered, type MayAnswer } from './may'
import { type May, type MayCall, type MayView, questionOf } from './may-contract'

/** So many agents are asked about in one question; beyond them the question goes on after the last. */
export const MOST_AGENTS = 2_000
/** So many rows are shown at once. */
export const PAGE = 100

export type AgentMay = MayAnswer & { agent: Candidate }
export type WhoMay = {
  /** of how many agents each is the answer */
  counts: Record<May, number>
  halted: number
  rows: AgentMay[]
  /** the name to go on after; null at the end */
  next: string | null
  /** the name beyond which no agent was asked about; null where all were */
  beyond: string | null
  /** as of when; every row names its boundary's version */
  at: Date
  /** the version of the baseline in force; null where none is */
  baseline: number | null
  /** whether the catalogue has the tool, and a person has said what it does */
  tool: 'confirmed' | 'unconfirmed' | 'unknown'
}

/**
 * "Which agents may do this to that?": the gate of each, in memory alone, as AuthZEN's subject search asks it. Nothing is recorded, and limits are not
 * looked at.
 * @param from only agents after this name: the next two thousand
 */
export async function whoMay(
  db: Db,
  connections: pg.Pool,
  tool: ToolName,
  call: MayCall,
  { answer, word, after }: MayView,
  { from = '', now }: { from?: string; now: Date },
): Promise<WhoMay> {
  const found = await candidates(db, { after: from, word, most: MOST_AGENTS + 1 })
  const asked = found.slice(0, MOST_AGENTS)
  const decider = lookingDecider(connections)
  const standings = await decider.standing.many(
    asked.map(({ id }) => id),
    [tool],
  )
  const judged = await unhurried(asked, (agent) => {
    const standing = standings.agents.get(agent.id)
    if (standing === undefined) return []
    const would = wouldAnswer(decider, standing, standings, questionOf(call, tool, agent.slug), null, now.getTime())
    return [{ agent, standing, would, ...answered(standing, would) }]
  })
  const all = judged.flat()
  const shown = all.filter((row) => (answer === null || row.may === answer) && row.agent.slug > after)
  const page = shown.slice(0, PAGE)
  const baseline = standings.house.baseline?.version ?? null
  const places = await rulePlaces(connections, page.map(named), baseline)
  const known = standings.tools.get(tool.name)
  return {
    counts: counted(all),
    halted: all.filter(({ stopped }) => stopped === 'halted').length,
    rows: page.map(({ standing: _, would: __, ...row }, i) => ({ ...row, place: places[i] ?? null })),
    next: shown.length > page.length ? (page.at(-1)?.agent.slug ?? null) : null,
    beyond: found.length > asked.length ? (asked.at(-1)?.slug ?? null) : null,
    at: now,
    baseline,
    tool: known === undefined ? 'unknown' : known.class === null ? 'unconfirmed' : 'confirmed',
  }
}

/** How many of each answer. */
export function counted(all: readonly { may: May }[]): Record<May, number> {
  const of = (may: May) => all.filter((row) => row.may === may).length
  return { alone: of('alone'), held: of('held'), never: of('never') }
}

/** The rule an answer names, with the text it stands in. */
export function named({ standing, told }: { standing: AgentStanding; would: Would; told: MayAnswer['told'] }) {
  return { rule: told.rule, slug: standing.slug, boundary: standing.boundary }
}
