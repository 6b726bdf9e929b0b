import type { Db } from '@/lib/db/client'
import { namesAfter, namesOfServer, serversKnown } from './store-names'

/** Names of the catalogue's tools (`server.tool`) in order, after a name. */
export function toolNamesAfter(db: Db, after: string, most: number): Promise<string[]> {
  return namesAfter(db, after, most)
}

/** Names of one server's tools, without the server, after a name. */
export function toolNamesOfServer(db: Db, server: string, after: string, most: number): Promise<string[]> {
  return namesOfServer(db, server, after, most)
}

/** Servers that have tools in the catalogue, by name. */
export function serverNames(db: Db, most: number): Promise<string[]> {
  return serversKnown(db, most)
}
