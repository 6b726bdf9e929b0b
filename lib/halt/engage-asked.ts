import type pg from 'pg'
import { fault, isFault } from '@/lib/core/fault'
import type { JsonValue } from '@/lib/core/json'
import { judge } from '@/lib/core/judge'
import { pool } from '@/lib/db/pool'
import { countTry } from '@/lib/db/throttle'
import { reservedDb } from '@/lib/db/urgent'
import { append } from '@/lib/ledger/append'
import { engageInput } from './contract'
import { engage, type Engaged } from './engage'
import { HALT_SCOPES } from './halt'
import { sourceMay } from './source'

/** Who asks for a halt: a person, by which token where it was one; or a source outside, with what it may. */
export type Asking = { by: string; tokenId?: string } | { source: { id: string; may: readonly string[] } }

/**
 * Engages the halt somebody asked for, in words nobody has judged yet; what is refused is recorded, and so is a second halt of what is
 * halted (`halt.refused`), the first twenty an hour of each who asks. Nothing is half engaged: a refusal leaves no row.
 * @param id the halt's, where the same request may come again
 * @throws Fault `invalid_request`, `not_found`, `not_permitted`, naming the field
 */
export async function engageAsked(
  given: unknown,
  asking: Asking,
  now: Date,
  { id, connections = pool('reserved') }: { id?: string; connections?: pg.Pool } = {},
): Promise<Engaged> {
  try {
    const asked = judge(engageInput, given)
    if ('source' in asking && !sourceMay(asking.source.may, asked))
      throw fault('not_permitted', { field: 'scope', detail: 'This source may not engage a halt of this.' })
    const engaged = await engage({ ...asked, ...byOf(asking), now, ...(id !== undefined && { id }) }, connections)
    if (engaged.already) await recordRefused(given, asking, 'already_exists', now)
    return engaged
  } catch (error) {
    if (isFault(error) && error.code !== 'unavailable') await recordRefused(given, asking, error.code, now)
    throw error
  }
}

function byOf(asking: Asking) {
  if ('source' in asking) return { by: null, sourceId: asking.source.id }
  return { by: asking.by, ...(asking.tokenId !== undefined && { tokenId: asking.tokenId }) }
}

/** Entries an hour of what one person or source asked in vain; what comes after them is counted by nobody. */
const MOST_RECORDED = 20
const HOUR_S = 3_600
const LONGEST = 4_000

/** That it could not be recorded makes a refusal no less of one. */
async function recordRefused(given: unknown, asking: Asking, code: string, now: Date): Promise<void> {
  const who = 'source' in asking ? asking.source.id : asking.by
  try {
    const db = reservedDb()
    const tries = await countTry(db, `halt-refused:${who}`, HOUR_S, now)
    if (tries > MOST_RECORDED) return
    const scope = HALT_SCOPES.find((each) => (given as { scope?: unknown } | null)?.scope === each)
    const text = JSON.stringify(given)
    await append(db, {
      kind: 'halt.refused',
      actor: 'source' in asking ? 'system' : `person:${asking.by}`,
      about: { source: 'source' in asking ? who : null, token: 'source' in asking ? null : (asking.tokenId ?? null) },
      labels: [code, ...(scope === undefined ? [] : [scope]), ...(tries === MOST_RECORDED ? ['last_this_hour'] : [])],
      payload: { asked: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : (given as JsonValue) },
    })
  } catch (error) {
    console.error('a refused halt could not be recorded:', error)
  }
}
