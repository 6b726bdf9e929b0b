import { publicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { findSources } from './store-source'

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
