import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { toolById } from './store'
import type { Surface, ToolClass } from './tool'

/** What a person says of a tool. `digest`: hex of what they read, or null where they were shown nothing. */
export type Confirmation = { class: ToolClass; surface: Surface | null; digest: string | null }

/**
 * Confirms, in one's own name, what a tool does; from now on that class and surface count in decisions (DESIGN §4). Confirming again
 * replaces it. It is about the words that were read: where the server says something else by then, nothing is confirmed. Takes lock
 * K, so it is given a database and no transaction.
 * @param given null or without a class: as suggested
 * @throws Fault `not_found`, `digest_mismatch`, `not_permitted`, or `invalid_request` when nothing is suggested to confirm, or a
 *   changed tool is confirmed unread
 */
export async function confirmTool(
  db: Db,
  person: { id: string },
  toolId: string,
  given: Confirmation | { digest: string | null },
): Promise<{ tool: string }> {
  const tool = await toolById(db, toolId)
  if (tool === null) throw fault('not_found')
  const name = `${tool.server}.${tool.name}`
  const said = 'class' in given ? given.class : tool.class
  const surface = 'class' in given ? given.surface : tool.surface
  if (said === null)
    throw fault('invalid_request', {
      field: 'access',
      detail: `Nobody suggested a class for ${name}: say what it does.`,
    })
  if (tool.changedAt !== null && given.digest === null)
    throw fault('invalid_request', {
      field: 'digest',
      detail: `${name} has changed: open it, read what changed, confirm it there.`,
    })
  const digest = tool.digest.toString('hex')
  if (given.digest !== null && given.digest !== digest) throw unread(name)
  const before = tool.confirmedVersion === null ? null : { ...tool.class, surface: tool.surface }
  const entry = await prepareEntry(db, {
    kind: 'tool.confirmed',
    actor: `person:${person.id}`,
    about: { tool: tool.id },
    tool: name,
    class: said,
    labels: surface === null ? [] : [surface],
    payload: { before, after: { ...said, surface }, version: tool.version, digest: `sha256:${digest}` },
  })
  await changeOrRefuse('tool.confirm', { id: tool.id, by: person.id, ...said, surface, digest }, entry)
  return { tool: name }
}

function unread(name: string) {
  return fault('digest_mismatch', {
    field: 'digest',
    detail: `What ${name} says of itself changed while you read it. Read it again.`,
  })
}
