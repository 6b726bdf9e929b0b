import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { catalogue } from '@/lib/tools/read'
import { lapsesAt, LONGEST_OBSERVATION_MS } from './boundary'
import type { Change } from './change'
import { typeErrors } from './check-types'
import type { SignInput } from './contract'
import { changesBetween } from './read'
import { findVersion, newestSigned, type VersionRow } from './store'
import { asBoundary, type Governed } from './subject'
import { widenedCategories, type Widened } from './widening'

/** A draft with the version in force that it would replace, what it changes and widens, and until when it would be in force. */
export type Signable = {
  found: VersionRow
  before: VersionRow | null
  changes: Change[]
  widened: Widened[]
  lapses: Date
}

/** A draft that this person could sign now. @throws Fault as `sign` */
export async function signable(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: number,
  input: SignInput,
  now: Date,
): Promise<Signable> {
  if (of?.state === 'retired')
    throw fault('wrong_state', { detail: `${of.slug} is retired: nothing governs it any more.` })
  const found = await findVersion(db, of?.id ?? null, version)
  if (found === null) throw fault('not_found')
  refuseUnsignable(found, person.id, input.digest)
  const tools = await catalogue(db)
  const errors = typeErrors(found.source, found.document, tools)
  if (errors.length > 0)
    throw fault('invalid_boundary', {
      detail: `The catalogue has changed since this was drafted: line ${String(errors[0]?.line)}: ${errors[0]?.message ?? ''} Send it back to its drafter.`,
    })
  const lapses = new Date(lapsesAt('expires' in found.document ? found.document : { expires: null }, now.getTime()))
  if (lapses <= now)
    throw fault('expired', {
      detail: 'It expires before it would be in force. Its drafter has to give it a later day.',
    })
  const until = asBoundary(found.document)?.mode?.observe_until
  if (until !== undefined && until > now.getTime() + LONGEST_OBSERVATION_MS)
    throw fault('invalid_boundary', {
      detail: 'It would only observe for more than 90 days. Its drafter has to give “mode” a nearer day.',
    })
  const before = await newestSigned(db, of?.id ?? null)
  const changes = changesBetween(before, found, tools)
  const widened = widenedCategories(before, changes)
  refuseUnreasoned(widened, input)
  return { found, before, changes, widened, lapses }
}

/** Each category of several gets a reason of its own (C12); of one alone, the statement is the reason. */
function refuseUnreasoned(widened: readonly Widened[], { because = {} }: SignInput): void {
  const missing = widened.length < 2 ? [] : widened.filter(({ category }) => (because[category] ?? '') === '')
  if (missing.length > 0)
    throw fault('invalid_request', {
      field: `because.${missing[0]?.category ?? ''}`,
      detail: `It widens ${String(widened.length)} categories at once. Say for each why.`,
      errors: missing.map(({ category, words }) => ({
        field: `because.${category}`,
        detail: `Say why it widens ${words}.`,
      })),
    })
}

/** The refusals of the gate, said before it is asked: the sentence can then say who and what. */
function refuseUnsignable(found: VersionRow, personId: string, digest: string): void {
  if (found.status !== 'draft')
    throw fault('already_decided', {
      detail: `Version ${String(found.version)} is ${found.status}${found.signer === null ? '' : ` by ${found.signer}`} already.`,
    })
  if (found.draftedBy === personId)
    throw fault('separation_of_duties', { detail: 'You drafted this, so another ciso signs it.' })
  if (digestText(found.digest) !== digest)
    throw fault('digest_mismatch', {
      detail: 'The draft was changed since this page was loaded. Load it again, and read what changed.',
    })
}
