import { db } from '@/lib/db/client'
import type { Proposed } from '@/lib/decisions/contract'
import type { Caller } from '@/lib/decisions/decide'
import { type Question, wouldAnswer } from '@/lib/decisions/would'
import type { Machines } from '@/lib/gateway/agent-request'
import { resourcesAsked } from '@/lib/resources/read-asked'
import { resolveTool, type ToolName } from '@/lib/tools/tool'
import { toolNamesAfter, toolNamesOfServer } from '@/lib/tools/read-names'
import type { z } from 'zod'
import type { Asker } from './asker'
import { type actionSearch, type EvaluationInput, type resourceSearch, type subjectSearch } from './contract'
import { proposedOf, TOOL_CALL } from './proposed'

type Found = { results: Record<string, unknown>[]; page: { next_token: string; count: number } }

// A search is no decision: nothing is recorded by it, limits are not looked at, nor a tool's schema where no arguments are said, and what it finds may
// be refused a moment later (ADR 0054).

/** "Which agents may do this to that?" (AuthZEN 1.0 §8.4), of those the asker may ask for: by their slugs, whatever type a subject is said to be (ADR 0047). */
export async function searchSubjects(
  machines: Machines,
  asker: Asker,
  { subject, action, resource, context, page }: z.output<typeof subjectSearch>,
): Promise<Found> {
  const agents = await asker.agents(page.token, page.limit)
  const may = await allowed(
    machines,
    asker,
    agents.map(({ slug, caller }) => ({
      caller,
      input: { subject: { ...subject, id: slug }, action, resource, context },
    })),
  )
  const results = agents.filter((_, i) => may[i] === true).map(({ slug }) => ({ type: subject.type, id: slug }))
  return paged(results, agents.length < page.limit ? '' : (agents.at(-1)?.slug ?? ''))
}

/** "What may this agent do that to?" (AuthZEN 1.0 §8.5): tools of the catalogue, else what it was asked about before. */
export async function searchResources(
  machines: Machines,
  asker: Asker,
  { subject, action, resource, context, page }: z.output<typeof resourceSearch>,
): Promise<Found> {
  const caller = await asker.callerFor(subject.id)
  if (caller === null) return NOTHING
  const { type } = resource
  const ids =
    type === TOOL_CALL.type
      ? await toolNamesAfter(db(), page.token, page.limit)
      : await resourcesAsked(machines.connections, caller.agentId, type, page.token, page.limit)
  const may = await allowed(
    machines,
    asker,
    ids.map((id) => ({ caller, input: { subject, action, resource: { ...resource, id }, context } })),
  )
  const results = ids.filter((_, i) => may[i] === true).map((id) => ({ type, id }))
  return paged(results, ids.length < page.limit ? '' : (ids.at(-1) ?? ''))
}

/** "What may this agent do to that?" (AuthZEN 1.0 §8.6): the actions whose tool the catalogue knows. */
export async function searchActions(
  machines: Machines,
  asker: Asker,
  { subject, resource, context, page }: z.output<typeof actionSearch>,
): Promise<Found> {
  const caller = await asker.callerFor(subject.id)
  if (caller === null) return NOTHING
  const names =
    resource.type === TOOL_CALL.type
      ? page.token === ''
        ? [TOOL_CALL.action]
        : []
      : await toolNamesOfServer(db(), resource.type, page.token, page.limit)
  const may = await allowed(
    machines,
    asker,
    names.map((name) => ({ caller, input: { subject, action: { name }, resource, context } })),
  )
  const results = names.filter((_, i) => may[i] === true).map((name) => ({ name }))
  return paged(results, names.length < page.limit ? '' : (names.at(-1) ?? ''))
}

const NOTHING: Found = { results: [], page: { next_token: '', count: 0 } }

function paged(results: Record<string, unknown>[], next: string): Found {
  return { results, page: { next_token: next, count: results.length } }
}

/** Of calls by callers, those that would be allowed alone now: the same read as the console's (ADR 0054), all of one snapshot. */
async function allowed(
  { decider, now }: Machines,
  asker: Asker,
  calls: readonly { caller: Caller; input: EvaluationInput }[],
): Promise<boolean[]> {
  const asked = calls.map(({ caller, input }) => {
    const proposed = proposedOf(input, asker.vouches)
    const tool = proposed && resolveTool(proposed.tool)
    return proposed === null || tool === null ? null : { caller, tool, question: questionOf(input, proposed, tool) }
  })
  const standings = await decider.standing.many(
    [...new Set(calls.map(({ caller }) => caller.agentId))],
    [...new Map(asked.flatMap((each) => (each === null ? [] : [[each.tool.name, each.tool] as const]))).values()],
  )
  return asked.map((each) => {
    const agent = each === null ? undefined : standings.agents.get(each.caller.agentId)
    // an agent that only hears of halts now, or that nobody may ask about any more, may do nothing: the others still can
    if (each === null || agent === undefined || each.caller.scope !== 'act') return false
    const ends = agent.credentials.get(each.caller.credentialId)
    if (ends === undefined || (ends !== null && ends <= now())) return false
    const { evaluation } = wouldAnswer(decider, agent, standings, each.question, each.caller.credentialId, now())
    return evaluation.decision === 'allow'
  })
}

const questionOf = (
  { action }: EvaluationInput,
  { arguments: args, resource, attributes }: Proposed,
  tool: ToolName,
): Question => ({
  tool,
  arguments: action.properties === undefined ? null : args,
  resource,
  attributes,
})
