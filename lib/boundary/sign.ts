import { fault, type Fault, type FaultCode } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import type { SignInput } from './contract'
import { signable } from './signable'
import { signedWith } from './signed-with'
import type { Governed } from './subject'
import type { Widened } from './widening'

/**
 * Signs a draft in one's own name (C15): from the answer on it is in force, and every unused grant given under the version
 * before is dead. What is signed is the digest the signer saw, and never by its drafter: Postgres holds both. Takes lock K, so
 * it is given a database and no transaction.
 * @throws Fault `passkey_required`, `passkey_challenge` and `passkey_refused` (ADR 0019), `watching` when it widens too soon after the last widening (C12), `invalid_boundary` when a schema has changed under a condition, `already_decided`, `digest_mismatch` when the draft changed since, `separation_of_duties`, `expired` when it
 *   would have lapsed already, `wrong_state` for a retired agent
 */
export async function sign(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: number,
  input: SignInput,
  now: Date,
): Promise<{ lapsesAt: string }> {
  const { found, lapses: until, widened } = await signable(db, person, of, version, input, now)
  const kept = await signedWith(db, person, of, found, input, now)
  // what was signed says until when: a moment later it is still that moment
  const lapses = kept === null ? until : new Date(kept.statement.lapses)
  const entry = await prepareEntry(db, {
    kind: of === null ? 'baseline.signed' : 'boundary.signed',
    actor: `person:${person.id}`,
    agent: of?.id ?? null,
    owner: of?.ownerId ?? null,
    boundary: { version, digest: input.digest },
    about: { boundary: found.id, passkey: kept?.passkey ?? null },
    labels: [kept === null ? 'password_session' : 'passkey'],
    verdicts: [{ person: person.id, answer: 'signed', capability: 'ciso' }],
    payload: {
      statement: input.statement,
      lapses_at: lapses.toISOString(),
      ...(widened.length > 0 && { widened: reasonsFor(widened, input) }),
      ...(kept !== null && { passkey: kept }),
    },
  })
  const answer = await applyChange(
    'boundary.sign',
    {
      id: found.id,
      by: person.id,
      statement: input.statement,
      lapses_at: lapses.toISOString(),
      digest: input.digest.slice('sha256:'.length),
      widened: widened.map(({ category }) => category),
    },
    entry,
  ).catch((error: unknown) => {
    throw (error as { code?: unknown }).code === NEEDS_PASSKEY ? fault('passkey_required', { cause: error }) : error
  })
  if (!answer.applied) throw refusedAs(answer.refused)
  return { lapsesAt: lapses.toISOString() }
}

/** What Postgres raises when signatures need a passkey since a moment ago (trigger `signed_with_passkey`). */
const NEEDS_PASSKEY = 'CSPK1'

const reasonsFor = (widened: readonly Widened[], { because = {}, statement }: SignInput) =>
  Object.fromEntries(widened.map(({ category }) => [category, because[category] ?? statement]))

function refusedAs(code: FaultCode): Fault {
  return code === 'watching'
    ? fault('watching', {
        detail:
          'It widens, and the last widening is still being watched. Wait, or let a second person agree to an override.',
      })
    : fault(code)
}
