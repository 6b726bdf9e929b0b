import type { Db } from '@/lib/db/client'

/** Names of the catalogue's tools (`server.tool`) in order, after a name; uses `tool_server_name_key`. */
export async function namesAfter(db: Db, after: string, most: number): Promise<string[]> {
  const dot = after.indexOf('.')
  const [server, name] = dot < 0 ? [after, ''] : [after.slice(0, dot), after.slice(dot + 1)]
  const rows = await db.$queryRaw<{ server: string; name: string }[]>`
    SELECT server, name FROM tool WHERE (server, name) > (${server}, ${name}) ORDER BY server, name LIMIT ${most}`
  return rows.map((row) => `${row.server}.${row.name}`)
}

/** Names of one server's tools, without the server, after a name; uses `tool_server_name_key`. */
export async function namesOfServer(db: Db, server: string, after: string, most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT name FROM tool WHERE server = ${server} AND name > ${after} ORDER BY name LIMIT ${most}`
  return rows.map(({ name }) => name)
}

/** Servers that have tools in the catalogue, by name; uses `tool_server_name_key`. */
export async function serversKnown(db: Db, most: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ server: string }[]>`SELECT DISTINCT server FROM tool ORDER BY server LIMIT ${most}`
  return rows.map(({ server }) => server)
}
