import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { ServedTool } from './read-list'
import { toolById, type ToolRow } from './store'
import { suggestedClass } from './suggest'

const ROUNDS = 3

/**
 * Records that a server says something else of a tool. If somebody had confirmed it, or its server had said anything of it before, its
 * calls wait for a person from then on (C18), and the grants of before die. Takes lock K, so it is given a database and no transaction.
 * @param person who brought the list; null: the gateway heard it from the server itself
 * @returns whether its calls wait from now on; null when the tool says exactly this already
 * @throws Fault `not_found`, or `conflict` when somebody else changed it three times in a row
 */
export async function changeTool(
  db: Db,
  person: { id: string } | null,
  toolId: string,
  served: ServedTool,
): Promise<{ held: boolean } | null> {
  for (let round = 1; ; round++) {
    const tool = await toolById(db, toolId)
    if (tool === null) throw fault('not_found')
    if (tool.digest.equals(served.digest)) return null
    const held = wouldHold(tool)
    const answer = await applyOnce(db, person, tool, served, held)
    if (answer.applied) return { held }
    if (answer.refused !== 'conflict' || round === ROUNDS) throw fault(answer.refused)
  }
}

/** Whether other words would be a change of what somebody knew: `gate_tool_change` asks the same, under lock K. */
export function wouldHold({
  confirmedAt,
  changedAt,
  source,
}: Pick<ToolRow, 'confirmedAt' | 'changedAt' | 'source'>): boolean {
  return confirmedAt !== null || changedAt !== null || source === 'mcp'
}

async function applyOnce(db: Db, person: { id: string } | null, tool: ToolRow, served: ServedTool, held: boolean) {
  const name = `${tool.server}.${tool.name}`
  const suggested = suggestedClass(served.annotations)
  const entry = await prepareEntry(db, {
    kind: 'tool.changed',
    actor: person === null ? 'system' : `person:${person.id}`,
    about: { tool: tool.id },
    tool: name,
    labels: held ? ['held'] : [],
    payload: {
      before: { version: tool.version, digest: `sha256:${tool.digest.toString('hex')}` },
      after: { version: tool.version + 1, digest: `sha256:${served.digest.toString('hex')}` },
    },
    projection: {
      tool: name,
      sentence: held ? `${name} is not what a person confirmed` : `The server of ${name} says what it does`,
    },
  })
  const { title, description, schema, annotations, digest } = served
  const said = { title, description, schema, annotations, digest: digest.toString('hex') }
  return applyChange('tool.change', { id: tool.id, before: tool.version, held, ...said, ...suggested }, entry)
}
