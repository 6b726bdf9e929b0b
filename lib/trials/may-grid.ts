import type pg from 'pg'
import { type Candidate, candidates } from '@/lib/agents/read-candidates'
import type { Db } from '@/lib/db/client'
import { wouldAnswer } from '@/lib/decisions/would'
import { toolNamesOfServer } from '@/lib/tools/read-names'
import { resolveTool } from '@/lib/tools/tool'
import { lookingDecider, unhurried } from './looking'
import { answered, type Stopped } from './may'
import type { May } from './may-contract'

/** As many as can be looked at at once: each is evaluated for each. */
export const GRID_AGENTS = 50
export const GRID_TOOLS = 12

/** `differs`: the answer may be another with other arguments. */
export type Cell = { may: May; differs: boolean }
export type GridRow = { agent: Candidate; version: number | null; stopped: Stopped | null; cells: Cell[] }
export type MayGrid = {
  tools: string[]
  rows: GridRow[]
  /** the agent, and the tool, to go on after; null at the end */
  next: { agent: string | null; tool: string | null }
  at: Date
}

/**
 * What agents may do with the tools of one server, each for each, with no arguments said: the same answers as the two questions. Of a stopped agent the cells
 * say what its rules would answer otherwise.
 */
export async function mayGrid(
  db: Db,
  connections: pg.Pool,
  server: string,
  { word, after, afterTool, now }: { word: string; after: string; afterTool: string; now: Date },
): Promise<MayGrid> {
  const [found, names] = await Promise.all([
    candidates(db, { after, word, most: GRID_AGENTS + 1 }),
    toolNamesOfServer(db, server, afterTool, GRID_TOOLS + 1),
  ])
  const agents = found.slice(0, GRID_AGENTS)
  const tools = names.slice(0, GRID_TOOLS).flatMap((name) => resolveTool(`${server}.${name}`) ?? [])
  const decider = lookingDecider(connections)
  const standings = await decider.standing.many(
    agents.map(({ id }) => id),
    tools,
  )
  const rows = await unhurried(agents, (agent): GridRow[] => {
    const standing = standings.agents.get(agent.id)
    if (standing === undefined) return []
    const answers = tools.map((tool) =>
      answered(standing, wouldAnswer(decider, standing, standings, { tool, arguments: null }, null, now.getTime())),
    )
    const cells = answers.map(({ may, otherwise, depends }) => ({ may: otherwise ?? may, differs: depends.length > 0 }))
    return [{ agent, version: standing.boundary?.version ?? null, stopped: answers[0]?.stopped ?? null, cells }]
  })
  return {
    tools: tools.map(({ name }) => name),
    rows: rows.flat(),
    next: {
      agent: found.length > agents.length ? (agents.at(-1)?.slug ?? null) : null,
      tool: names.length > GRID_TOOLS ? (names[GRID_TOOLS - 1] ?? null) : null,
    },
    at: now,
  }
}
