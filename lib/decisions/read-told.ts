import type { Db } from '@/lib/db/client'
import { openPayload } from '@/lib/ledger/open'
import { type Flaw, FLAWS, toldWords } from './test-request'

/** What an approver is told about a test they answered. `at`, `was` and `is` are an agent's words: data. */
export type Told = {
  found: boolean
  says: string
  /** what was wrong, and what shows it */
  flaw: string
  look: string
  /** the argument that was changed, from what, to what; null where its payload is gone */
  changed: { at: string; was: string; is: string } | null
}

/** What to say of a test by its id, once it was answered. */
export async function readTold(db: Db, testId: string, found: boolean): Promise<Told> {
  const opened = await openPayload(db, testId)
  const payload = opened?.state === 'open' ? (opened.payload as { test?: Record<string, unknown> }) : {}
  const { flaw, at, was, is } = payload.test ?? {}
  const known = typeof flaw === 'string' && Object.hasOwn(FLAWS, flaw) ? FLAWS[flaw as Flaw] : null
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    found,
    says: toldWords(found),
    flaw: known?.title ?? 'something that should be refused',
    look: known?.look ?? 'Hold what is asked against the earlier requests of its kind.',
    changed: known === null ? null : { at: text(at), was: text(was), is: text(is) },
  }
}
