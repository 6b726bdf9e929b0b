import type { Sql } from '@/lib/ledger/sql'
import { query } from '@/lib/ledger/sql'
import { PAYLOAD_CLASSES, type PayloadClass } from '@/lib/ledger/payload-class'
import { markRows, type MarkKind } from './store-sensitive'

/** What is stored apart from the log, for the page that says so. Rows are the planner's estimate, bytes are exact. */
export interface StoredData {
  months: readonly { month: string; bytes: number; rows: number }[]
  classes: readonly { name: PayloadClass; days: number | null; appliedUntil: string | null }[]
  keys: { living: number; destroyed: number }
  erasures: readonly { at: string; by: string; payloads: number; index: number | null; one: boolean }[]
  marks: readonly { kind: MarkKind; value: string; shown: string }[]
}

/** Reads it; nothing here counts the log row by row. */
export async function readData(sql: Sql): Promise<StoredData> {
  const months = await query<{ month: string; bytes: string; rows: string }>(
    sql,
    `SELECT right(c.relname, 7) AS month, sum(pg_total_relation_size(c.oid))::text AS bytes,
            sum(greatest(c.reltuples, 0)) FILTER (WHERE i.inhparent = 'ledger.payload'::regclass)::bigint::text AS rows
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent IN ('ledger.payload'::regclass, 'ledger.projection'::regclass)
        AND right(c.relname, 7) <= to_char(now(), 'YYYY_MM')
      GROUP BY 1 ORDER BY 1 DESC LIMIT 36`,
  )
  const kept = await query<{ class: string; days: number | null; until: Date | null }>(
    sql,
    'SELECT class, days, applied_until AS until FROM ledger.retention',
  )
  const [keys] = await query<{ living: number; destroyed: number }>(
    sql,
    `SELECT count(*) FILTER (WHERE destroyed_at IS NULL)::int AS living, count(destroyed_at)::int AS destroyed FROM ledger.subject_key`,
  )
  const erasures = await query<{ at: Date; name: string | null; payloads: string; idx: string | null; one: boolean }>(
    sql,
    `SELECT x.at, p.name, x.payloads::text AS payloads, l.idx::text AS idx, x.target_id IS NOT NULL AS one
       FROM ledger.erasure x LEFT JOIN person p ON p.id = x.person_id LEFT JOIN ledger.leaf l ON l.entry_id = x.entry_id
      ORDER BY x.at DESC LIMIT 50`,
  )
  const agents = await query<{ id: string; slug: string }>(sql, 'SELECT id::text AS id, slug FROM agent')
  return {
    months: months.map(({ month, bytes, rows }) => ({
      month: month.replace('_', '-'),
      bytes: Number(bytes),
      rows: Number(rows),
    })),
    classes: PAYLOAD_CLASSES.map((name) => {
      const row = kept.find((one) => one.class === name)
      return { name, days: row?.days ?? null, appliedUntil: row?.until?.toISOString() ?? null }
    }),
    keys: keys ?? { living: 0, destroyed: 0 },
    erasures: erasures.map(({ at, name, payloads, idx, one }) => ({
      at: at.toISOString(),
      by: name ?? 'somebody no longer known',
      payloads: Number(payloads),
      index: idx === null ? null : Number(idx),
      one,
    })),
    marks: (await markRows(sql)).map(({ kind, value }) => ({
      kind,
      value,
      shown: kind === 'agent' ? (agents.find(({ id }) => id === value)?.slug ?? value) : value,
    })),
  }
}
