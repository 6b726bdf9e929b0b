import { fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Entry } from '@/lib/ledger/entry'
import { surfaceNamed } from '@/lib/tools/read'
import { type ActionKind, kindsOf } from './kinds'
import { noticesOf } from './notices'
import type { Said } from './said'
import { checksFor, type EditableCheck, type Scrutiny } from './scrutiny'
import { activeChecks, allChecks, type CheckRow, titlesOf } from './store-scrutiny'

/** What helps a person who looks at an action, out of its entry and its words. */
export async function scrutinyOf(db: Db, tool: string, entry: Entry | null, said: Said): Promise<Scrutiny> {
  const of = entry?.class
  const kinds = kindsOf({
    tool,
    class: of ? { access: of.access, spends: of.spends ?? false } : null,
    surface: await surfaceNamed(db, tool),
    arguments: said.arguments,
    resource: said.resource,
  })
  return readScrutiny(db, kinds, said.arguments)
}

/** What to look for in actions of some kinds, and what rules noticed in some arguments. */
async function readScrutiny(db: Db, kinds: readonly ActionKind[], args: unknown): Promise<Scrutiny> {
  const checks = (await activeChecks(db, kinds)).map(toCheck)
  return { kinds, checks: checksFor(kinds, checks), ...noticesOf(args, kinds) }
}

/** Everything to look for, for whoever edits it; what is out of use last. */
export async function listChecks(db: Db): Promise<EditableCheck[]> {
  return (await allChecks(db)).map((row) => ({
    ...toCheck(row),
    position: row.position,
    active: row.active,
    changedBy: row.changed_by,
    changedAt: row.changed_at.toISOString(),
  }))
}

/**
 * What a person said they looked at, in the words of today, for the payload of their verdict.
 * @param ids `chk_…`, as the form sent them
 * @throws Fault `invalid_id`, `invalid_request` for what never was something to look for
 */
export async function lookedAt(db: Db, ids: readonly string[]): Promise<string[]> {
  const uuids = [...new Set(ids.map((id) => parsePublicId('check', id, 'looked')))]
  if (uuids.length === 0) return []
  const titles = await titlesOf(db, uuids)
  return uuids.map((id) => {
    const title = titles.get(id)
    if (title === undefined) throw fault('invalid_request', { field: 'looked', detail: 'That is nothing to look for.' })
    return title
  })
}

const toCheck = ({ id, kind, title, look_for: lookFor }: CheckRow) => ({
  id: publicId('check', id),
  kind,
  title,
  lookFor,
})
