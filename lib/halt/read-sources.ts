import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { countRefused, findSource, findSources, type SourceRow } from './store-source'

export type { SourceRow }

/** A source outside, as screens show it. */
export type SourceView = {
  /** `src_…` */
  id: string
  name: string
  /** `tool`, `environment:staging` */
  may: readonly string[]
  madeBy: string
  madeAt: Date
  rotatedAt: Date | null
  /** when it last engaged something, or found it engaged */
  usedAt: Date | null
  /** messages that named it and were refused: a wrong signature, an old one */
  refused: number
  refusedAt: Date | null
}

/** Every source that stands, by name. */
export async function listSources(sql: Sql): Promise<SourceView[]> {
  return (await findSources(sql)).map((row) => ({
    id: publicId('source', row.id),
    name: row.name,
    may: row.may,
    madeBy: row.creator,
    madeAt: row.created_at,
    rotatedAt: row.rotated_at,
    usedAt: row.used_at,
    refused: Number(row.refused),
    refusedAt: row.refused_at,
  }))
}

/** A source with its sealed secret, revoked or not, for whoever checks a message of it; null when there is none. */
export function sourceById(sql: Sql, id: string): Promise<SourceRow | null> {
  return findSource(sql, id)
}

/** The sources that stand, with their sealed secrets. */
export function sourcesStanding(sql: Sql): Promise<SourceRow[]> {
  return findSources(sql)
}

/** Counts messages that named a source and were refused. */
export function noteRefusedMessages(sql: Sql, id: string, times: number): Promise<void> {
  return countRefused(sql, id, times)
}
