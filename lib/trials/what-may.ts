import type pg from 'pg'
import { compileBoundary, type CompiledRule } from '@/lib/boundary/compile'
import type { Db } from '@/lib/db/client'
import { rulePlaces } from '@/lib/decisions/rule-places'
import type { AgentStanding } from '@/lib/decisions/standing'
import { wouldAnswer } from '@/lib/decisions/would'
import { toolNamesAfter, toolNamesOfServer } from '@/lib/tools/read-names'
import { resolveTool, type ToolName } from '@/lib/tools/tool'
import { lookingDecider, unhurried } from './looking'
import { answered, type MayAnswer } from './may'
import { type May, type MayCall, type MayView, questionOf } from './may-contract'
import { counted, named, PAGE } from './who-may'

/** So many tools are asked about in one question. */
export const MOST_TOOLS = 2_000

export type ToolMay = MayAnswer & { tool: string; known: 'confirmed' | 'unconfirmed' | 'unknown' }
export type WhatMay = {
  counts: Record<May, number>
  rows: ToolMay[]
  next: string | null
  /** there are more tools than are asked about at once: a server narrows them */
  more: boolean
  at: Date
  baseline: number | null
  boundary: { version: number } | null
}

/**
 * "What may this agent do?": its gate for every tool of the catalogue and every one its boundary names, as AuthZEN's action search asks it. Nothing is
 * recorded, and limits are not looked at.
 * @param server only tools of this server: the resource's type, where the question is "to that"
 */
export async function whatMay(
  db: Db,
  connections: pg.Pool,
  agentId: string,
  server: string,
  call: MayCall,
  { answer, word, after }: MayView,
  now: Date,
): Promise<WhatMay> {
  const decider = lookingDecider(connections)
  const catalogue =
    server === ''
      ? await toolNamesAfter(db, '', MOST_TOOLS + 1)
      : (await toolNamesOfServer(db, server, '', MOST_TOOLS + 1)).map((name) => `${server}.${name}`)
  const before = await decider.standing.many([agentId], [])
  const own = before.agents.get(agentId)
  const all = [...new Set([...catalogue.slice(0, MOST_TOOLS), ...namedBy(own, server)])]
    .filter((name) => name.includes(word))
    .sort()
    .flatMap((name) => resolveTool(name) ?? [])
  const standings = await decider.standing.many([agentId], all)
  const agent = standings.agents.get(agentId)
  const judged =
    agent === undefined
      ? []
      : await unhurried(all, (tool) => {
          const would = wouldAnswer(decider, agent, standings, questionOf(call, tool, agent.slug), null, now.getTime())
          return { tool: tool.name, standing: agent, would, ...answered(agent, would) }
        })
  const shown = judged.filter((row) => (answer === null || row.may === answer) && row.tool > after)
  const page = shown.slice(0, PAGE)
  const baseline = standings.house.baseline?.version ?? null
  const places = await rulePlaces(connections, page.map(named), baseline)
  return {
    counts: counted(judged),
    rows: page.map(({ standing: _, would: __, ...row }, i) => {
      const known = standings.tools.get(row.tool)
      const said = known === undefined ? 'unknown' : known.class === null ? 'unconfirmed' : 'confirmed'
      return { ...row, known: said, place: places[i] ?? null }
    }),
    next: shown.length > page.length ? (page.at(-1)?.tool ?? null) : null,
    more: catalogue.length > MOST_TOOLS,
    at: now,
    baseline,
    boundary: agent?.boundary ? { version: agent.boundary.version } : null,
  }
}

/** Tools its boundary names with their server, which the catalogue may lack: what is named for it is asked about too. */
function namedBy(agent: AgentStanding | undefined, server: string): ToolName['name'][] {
  if (!agent?.boundary) return []
  try {
    const { never, approval_required: held, autonomous } = compileBoundary(agent.boundary.document)
    return [never, held, autonomous]
      .flatMap((index: ReadonlyMap<string, CompiledRule[]>) => [...index.keys()])
      .filter((name) => name.includes('.') && (server === '' || name.startsWith(`${server}.`)))
  } catch {
    // a boundary that cannot be compiled forbids everything, and its rows say so
    return []
  }
}
