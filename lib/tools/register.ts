import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { SuggestedTool } from './catalogue'
import { toolDigest } from './digest'
import { insertTool } from './store'

/**
 * Adds one tool to the catalogue. The class that comes with it is a suggestion: until a person who may confirms it, the tool
 * counts as having none. Run it in a transaction.
 * @throws Fault `already_exists`
 */
export async function registerTool(
  db: Db,
  person: { id: string },
  tool: SuggestedTool,
  now: Date,
): Promise<{ id: string; tool: string }> {
  const added = await addTool(db, person, tool, 'person', now)
  const name = `${tool.server}.${tool.name}`
  if (added === null)
    throw fault('already_exists', {
      field: 'tool',
      detail: `The catalogue has ${name} already. Confirm its class there.`,
    })
  return { id: added, tool: name }
}

/**
 * Adds the tools of a catalogue file; those the catalogue has already stay as they are. Run it in a transaction: either the
 * whole file is in, or none of it.
 */
export async function importTools(
  db: Db,
  person: { id: string },
  tools: readonly SuggestedTool[],
  now: Date,
): Promise<{ added: number; known: number }> {
  let added = 0
  for (const tool of tools) if ((await addTool(db, person, tool, 'import', now)) !== null) added += 1
  return { added, known: tools.length - added }
}

async function addTool(
  db: Db,
  person: { id: string },
  tool: SuggestedTool,
  source: 'person' | 'import',
  now: Date,
): Promise<string | null> {
  const id = newId(now.getTime())
  const said = { title: '', description: tool.description, schema: tool.schema, annotations: null }
  const row = { ...tool, ...said, id, source, digest: toolDigest(said), createdBy: person.id }
  if (!(await insertTool(db, row))) return null
  await append(db, {
    kind: 'tool.registered',
    actor: `person:${person.id}`,
    about: { tool: id },
    tool: `${tool.server}.${tool.name}`,
    class: tool.class,
    labels: [source],
  })
  return id
}
