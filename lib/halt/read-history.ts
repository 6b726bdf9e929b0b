import { parsePublicId, publicId } from '@/lib/core/ids'
import { isFault } from '@/lib/core/fault'
import type { Sql } from '@/lib/ledger/sql'
import type { HaltsQuery } from './contract'
import { viewOf, type HaltView } from './read'
import { countHalts, findEngagers, findHistory } from './store-history'

/** A halt in the list of all there were. */
export type PastHalt = HaltView & {
  /** the people who lifted it, in the order they signed; none while it is in force */
  liftedBy: { id: string; name: string }[]
  /** agents that said they stopped */
  confirmed: number
  /** milliseconds from engaging to the last of them; null where none said so */
  slowestMs: number | null
}

export const HISTORY_PAGE = 50

/** Every halt there ever was, newest first, narrowed and by pages. `older`: what `before` of the next page is. */
export async function readHaltHistory(
  sql: Sql,
  { before, by, ...rest }: HaltsQuery,
  page = HISTORY_PAGE,
): Promise<{ rows: PastHalt[]; older: string | null }> {
  const given = { ...rest, by: by === 'rule' ? by : bare('person', by), before: bare('halt', before) }
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const found = await findHistory(sql, filter, page + 1)
  const rows = found.slice(0, page).map((row): PastHalt => ({
    ...viewOf(row),
    liftedBy: row.lifters ?? [],
    confirmed: row.confirmed,
    slowestMs: row.slowest,
  }))
  return { rows, older: found.length > page ? (rows.at(-1)?.id ?? null) : null }
}

/** How many halts there were and are, and who engaged them: what the list can be narrowed to. */
export async function readHaltCounts(sql: Sql) {
  const [counts, engagers] = await Promise.all([countHalts(sql), findEngagers(sql)])
  return { ...counts, engagers: engagers.map(({ id, name }) => ({ id: publicId('person', id), name })) }
}

// An address that somebody broke narrows to nothing rather than failing the page: no halt has the nil id.
const NOBODY = '00000000-0000-0000-0000-000000000000'

function bare(kind: 'person' | 'halt', id: string | undefined): string | undefined {
  if (id === undefined) return undefined
  try {
    return parsePublicId(kind, id)
  } catch (error) {
    if (isFault(error)) return NOBODY
    throw error
  }
}
