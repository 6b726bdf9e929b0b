import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { toolById } from './store'
import type { ToolClass } from './tool'

/**
 * Confirms, in one's own name, what a tool does; from now on that class counts in decisions (DESIGN §4). Confirming again
 * replaces it. Takes lock K, so it is given a database and no transaction.
 * @param given null: as suggested
 * @throws Fault `not_found`, or `invalid_request` when nothing is suggested to confirm
 */
export async function confirmTool(
  db: Db,
  person: { id: string },
  toolId: string,
  given: ToolClass | null,
): Promise<{ tool: string }> {
  const tool = await toolById(db, toolId)
  if (tool === null) throw fault('not_found')
  const name = `${tool.server}.${tool.name}`
  const said = given ?? tool.class
  if (said === null)
    throw fault('invalid_request', {
      field: 'access',
      detail: `Nobody suggested a class for ${name}: say what it does.`,
    })
  const entry = await prepareEntry(db, {
    kind: 'tool.confirmed',
    actor: `person:${person.id}`,
    about: { tool: tool.id },
    tool: name,
    class: said,
    payload: { before: tool.confirmedAt === null ? null : { ...tool.class }, after: { ...said } },
  })
  await changeOrRefuse('tool.confirm', { id: tool.id, by: person.id, ...said }, entry)
  return { tool: name }
}
