import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { catalogue } from '@/lib/tools/read'
import type { TightenInput } from './contract'
import { changesBetween } from './read'
import { findVersion, newestSigned } from './store'
import { asBoundary, type Governed } from './subject'
import { onlyTightens } from './widening'

/**
 * Puts one's own draft in force alone, where it only narrows the version in force by the closed list of DESIGN §7 (ADR 0018): from the
 * answer on, also for runs that go on, and unused grants are dead. It keeps the term a ciso signed. Takes lock K, so it is given a
 * database and no transaction.
 * @throws Fault `not_found`, `already_decided`, `digest_mismatch`, `not_permitted` for another's draft, `wrong_state` when nothing is in
 *   force or the draft does more than narrow, `conflict` when another version came into force in between
 */
export async function tighten(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: number,
  input: TightenInput,
  now: Date,
): Promise<void> {
  const agentId = of?.id ?? null
  const found = await findVersion(db, agentId, version)
  if (found === null) throw fault('not_found')
  if (found.status !== 'draft')
    throw fault('already_decided', { detail: `Version ${String(version)} is ${found.status} already.` })
  if (digestText(found.digest) !== input.digest)
    throw fault('digest_mismatch', { detail: 'The draft was changed since this page was loaded. Load it again.' })
  if (found.draftedBy !== person.id)
    throw fault('not_permitted', { detail: `${found.drafter} drafted this: they put it in force, or a ciso signs it.` })
  const base = await newestSigned(db, agentId)
  if (base === null || base.lapsesAt === null || base.lapsesAt <= now)
    throw fault('wrong_state', { detail: 'Nothing is in force that it could tighten. A ciso signs it.' })
  const [before, after] = [asBoundary(base.document), asBoundary(found.document)]
  if (
    before === null ||
    after === null ||
    !onlyTightens(before, after, changesBetween(base, found, await catalogue(db)))
  )
    throw fault('wrong_state', { detail: 'It does more than narrow what is in force, so a ciso signs it.' })
  const entry = await prepareEntry(db, {
    kind: 'boundary.tightened',
    actor: `person:${person.id}`,
    agent: agentId,
    owner: of?.ownerId ?? null,
    boundary: { version, digest: input.digest },
    about: { boundary: found.id },
    verdicts: [{ person: person.id, answer: 'tightened', capability: 'one_person' }],
    payload: { statement: input.statement, from: base.version, lapses_at: base.lapsesAt.toISOString() },
  })
  const digest = input.digest.slice('sha256:'.length)
  await changeOrRefuse(
    'boundary.tighten',
    { id: found.id, by: person.id, base: base.id, statement: input.statement, digest },
    entry,
  )
}
