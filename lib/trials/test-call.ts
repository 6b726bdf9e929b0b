import { agentNamed } from '@/lib/agents/read'
import { type Boundary, lapsesAt } from '@/lib/boundary/boundary'
import { documentOf } from '@/lib/boundary/check'
import { baselineInForce, standingOf } from '@/lib/boundary/read'
import { asBoundary } from '@/lib/boundary/subject'
import { fault, isFault } from '@/lib/core/fault'
import { type JsonObject, parseJson } from '@/lib/core/json'
import type { Db } from '@/lib/db/client'
import { type Decision } from '@/lib/decisions/decision'
import { explain, type Looked } from '@/lib/decisions/explain'
import type { Evaluation, Facts } from '@/lib/decisions/facts'
import { listResources } from '@/lib/resources/read'
import { byName, guardedBy } from '@/lib/resources/resource'
import { resolveTool } from '@/lib/tools/tool'
import type { TestInput } from './contract'

/** One reason as people read it. `detail` may hold what stands in the arguments. */
export type ToldReason = { code: string; rule: string | null; text: string; detail?: string }

/** What one text answers to the call, and every rule it looked at. */
export type Tested = {
  decision: Decision
  contained: boolean
  reasons: ToldReason[]
  /** where it only observes: what it would have answered */
  observed: { decision: Decision; reasons: ToldReason[] } | null
  looked: Looked[]
}

export type TestAnswer = {
  /** the tool as the gate names it */
  tool: string
  draft: Tested
  /** null where nothing is signed yet: everything is forbidden */
  inForce: (Tested & { version: number }) | null
}

const DEPTH = { maxBytes: 65_536, maxDepth: 32 }

/**
 * What would happen to one call under a text, by the same `evaluate` that decides, beside what happens under the version in force.
 * As if the agent were active, owned and reviewed, nothing were halted, and nothing were used of its limits. Reads only.
 * @throws Fault `invalid_boundary`, `invalid_json` or `invalid_request` naming `arguments`, `not_found`
 */
export async function testCall(db: Db, slug: string, input: TestInput, now: Date): Promise<TestAnswer> {
  const agent = await agentNamed(db, slug)
  const [standing, floor, resources, team] = await Promise.all([
    standingOf(db, agent),
    baselineInForce(db),
    listResources(db),
    db.team.findUnique({ where: { id: agent.teamId }, select: { name: true } }),
  ])
  const document = documentOf(input.source, agent, standing.catalogue)
  const tool = resolveTool(input.tool)
  if (tool === null) throw fault('invalid_request', { field: 'tool', detail: 'That is not the name of a tool.' })
  const action = { tool: tool.name, arguments: argumentsOf(input.arguments), resource: input.resource }
  const guarded = guardedBy(
    byName(resources.filter(({ unmarkedAt }) => unmarkedAt === null).map(({ id, type, name }) => ({ id, type, name }))),
    action,
  )
  const of = (boundary: NonNullable<Facts['boundary']>): Tested =>
    told(
      explain({
        now: input.at === null ? now.getTime() : Date.parse(input.at),
        credential: true,
        halts: [],
        guarded,
        elevations: [],
        agent: {
          ...{ slug: agent.slug, state: 'active', environment: agent.environment, team: team?.name ?? '' },
          ...{ owned: true, reviewDueAt: Infinity },
        },
        boundary,
        baseline: floor === null ? null : { version: floor.version, digest: '', document: floor.document },
        tool: standing.catalogue.find(({ name }) => name === tool.name) ?? null,
        action,
        run: { id: null, tainted: input.tainted, sandbox: null, openedAt: null },
        approval: null,
        used: { minute: 0, hour: 0, day: 0 },
      }),
    )
  const { inForce } = standing
  const signed = inForce === null ? null : asBoundary(inForce.document)
  return {
    tool: tool.name,
    draft: of(asSigned(document, now)),
    inForce:
      inForce === null || signed === null
        ? null
        : { version: inForce.version, ...of(signedAs(signed, inForce.signedAt, inForce.lapsesAt, now)) },
  }
}

/** The draft as if it were signed at this moment. */
function asSigned(document: Boundary, now: Date): NonNullable<Facts['boundary']> {
  const signedAt = now.getTime()
  return { version: 0, digest: '', document, signedAt, lapsesAt: lapsesAt(document, signedAt) }
}

function signedAs(document: Boundary, signedAt: Date | null, ends: Date | null, now: Date) {
  const at = (signedAt ?? now).getTime()
  return { version: 0, digest: '', document, signedAt: at, lapsesAt: ends?.getTime() ?? lapsesAt(document, at) }
}

/** @throws Fault naming `arguments` */
function argumentsOf(text: string): JsonObject {
  let value
  try {
    value = text.trim() === '' ? {} : parseJson(text, DEPTH)
  } catch (error) {
    if (!isFault(error)) throw error
    const place = error.field === undefined ? '' : ` At ${error.field}.`
    throw fault('invalid_json', { field: 'arguments', detail: `${error.message}${place}` })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw fault('invalid_request', {
      field: 'arguments',
      detail: 'The arguments are a JSON object: {} when there are none.',
    })
  return value
}

function told({ evaluation, looked }: { evaluation: Evaluation; looked: Looked[] }): Tested {
  const { decision, contained, reasons, observed } = evaluation
  const words = (all: Evaluation['reasons']): ToldReason[] =>
    all.map(({ code, rule, text, detail }) => ({ code, rule, text, ...(detail !== undefined && { detail }) }))
  return {
    decision,
    contained,
    reasons: words(reasons),
    observed: observed === undefined ? null : { decision: observed.decision, reasons: words(observed.reasons) },
    looked,
  }
}
