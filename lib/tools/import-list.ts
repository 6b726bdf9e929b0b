import { newId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { changeTool } from './change'
import { readToolList, type ServedTool } from './read-list'
import { insertTool, toolsOfServer } from './store'
import { suggestedClass } from './suggest'

/** What became of a list. `held`: names whose calls wait for a person from now on; `unread`: what could not be taken, by its place. */
export type ImportedList = {
  added: number
  same: number
  described: number
  held: string[]
  unread: string[]
}

/**
 * Takes what an MCP server says of its tools into the catalogue. Changes come first, one by one through the gate, so that nothing in
 * the same list keeps a changed tool from being held; new tools follow in one transaction, with the class their annotations suggest.
 * Tools the list does not name stay as they are.
 * @throws Fault `invalid_request` when it is no list
 */
export async function importList(
  db: Db,
  person: { id: string } | null,
  { server, list }: { server: string; list: string },
  now: Date,
): Promise<ImportedList> {
  return takeTools(db, person, server, readToolList(server, list), now)
}

/**
 * The same for a list that was read already.
 * @param person null: the gateway heard it from the server itself
 */
export async function takeTools(
  db: Db,
  person: { id: string } | null,
  server: string,
  { tools, unread }: ReturnType<typeof readToolList>,
  now: Date,
): Promise<ImportedList> {
  const known = await toolsOfServer(
    db,
    server,
    tools.map(({ name }) => name),
  )
  const byName = new Map(known.map((tool) => [tool.name, tool]))
  const done: ImportedList = { added: 0, same: 0, described: 0, held: [], unread: [] }
  for (const tool of tools) {
    const found = byName.get(tool.name)
    if (found === undefined) continue
    const changed = found.digest.equals(tool.digest) ? null : await changeTool(db, person, found.id, tool)
    if (changed === null) done.same += 1
    else if (changed.held) done.held.push(`${server}.${tool.name}`)
    else done.described += 1
  }
  const fresh = tools.filter(({ name }) => !byName.has(name))
  done.added = await addAll(
    person,
    server,
    fresh.filter(({ unkept }) => unkept === null),
    now,
  )
  done.unread = [
    ...unread.map(({ at, detail }) => `Tool ${String(at + 1)} of the list: ${detail}`),
    ...fresh.flatMap(({ name, unkept }) => (unkept === null ? [] : [`${server}.${name}: ${unkept}`])),
  ].slice(0, 20)
  return done
}

async function addAll(
  person: { id: string } | null,
  server: string,
  tools: readonly ServedTool[],
  now: Date,
): Promise<number> {
  if (tools.length === 0) return 0
  return transaction(async (tx) => {
    let added = 0
    for (const tool of tools) {
      const id = newId(now.getTime())
      const { name, title, description, schema, annotations, digest } = tool
      const said = { title, description, schema, annotations, digest }
      const suggested = suggestedClass(annotations)
      const row = {
        ...said,
        id,
        server,
        name,
        class: suggested,
        surface: null,
        source: 'mcp',
        createdBy: person?.id ?? null,
      } as const
      if (!(await insertTool(tx, row))) continue
      added += 1
      await append(tx, {
        kind: 'tool.registered',
        actor: person === null ? 'system' : `person:${person.id}`,
        about: { tool: id },
        tool: `${server}.${name}`,
        class: suggested,
        labels: ['mcp'],
      })
    }
    return added
  })
}
