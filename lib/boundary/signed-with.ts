import { fault } from '@/lib/core/fault'
import { digestText } from '@/lib/core/digest-text'
import type { Db } from '@/lib/db/client'
import { checkAssertion, type KeptAssertion } from '@/lib/people/passkey-assert'
import { askForAssertion, type Asked } from '@/lib/people/passkey-challenge'
import type { Said, Statement } from '@/lib/people/passkey-statement'
import { passkeysOf, signaturesNeedPasskey } from '@/lib/people/read-passkeys'
import type { SignInput } from './contract'
import { signable } from './signable'
import { signingWords } from './signing-words'
import { newestSigned, type VersionRow } from './store'
import type { Governed } from './subject'

/** What is signed when a version is put in force. `version` is the sequence number: Postgres holds one row of each. */
type SigningSaid = Said & {
  what: 'boundary.sign' | 'baseline.sign'
  subject: string
  digest: string
  /** null: the baseline */
  agent: string | null
  version: number
  /** the digest in force before; null: none */
  replaces: string | null
  /** why, in the signer's own words; by category where it widens several */
  reason: string
  because: Record<string, string>
  /** RFC 3339: in force from the entry that records it, which is made within minutes after this */
  effective: string
  lapses: string
}
export type SigningStatement = Statement & SigningSaid

const whatOf = (of: Governed | null) => (of === null ? 'baseline.sign' : 'boundary.sign')

/**
 * Asks a ciso to sign a draft with a passkey: everything that would refuse the signature is asked before, and the challenge is over
 * the statement, the draft's digest, its number and both dates (C15, ADR 0019).
 * @throws Fault as `sign`
 */
export async function beginToSign(
  db: Db,
  person: { id: string; name: string },
  of: Governed | null,
  version: number,
  input: SignInput,
  now: Date,
): Promise<Asked> {
  const { found, before, changes, lapses } = await signable(db, person, of, version, input, now)
  const [effective, until] = [now.toISOString(), lapses.toISOString()]
  const words = signingWords({
    name: person.name,
    slug: of?.slug ?? null,
    version,
    changes,
    first: before === null,
    from: effective,
    until,
  })
  const said: SigningSaid = {
    what: whatOf(of),
    subject: found.id,
    digest: input.digest,
    agent: of?.id ?? null,
    version,
    replaces: before === null ? null : digestText(before.digest),
    reason: input.statement,
    because: { ...input.because },
    effective,
    lapses: until,
    words,
  }
  return askForAssertion(db, person.id, said, now)
}

/**
 * What a signature is given with: the passkey's answer, once it was found to be over exactly this; null where no passkey is asked for
 * and none answered, which is then marked wherever the signature is shown.
 * @throws Fault `passkey_required`, `passkey_challenge`, `passkey_refused`
 */
export async function signedWith(
  db: Db,
  person: { id: string },
  of: Governed | null,
  found: VersionRow,
  input: SignInput,
  now: Date,
): Promise<(KeptAssertion & { statement: SigningStatement }) | null> {
  if (input.assertion === undefined) {
    const [needed, keys] = await Promise.all([signaturesNeedPasskey(db), passkeysOf(db, person.id)])
    if (!needed && keys.length === 0) return null
    throw fault('passkey_required', {
      detail:
        keys.length > 0
          ? 'Signing needs your passkey, and a browser with JavaScript.'
          : 'Signatures need a passkey here, and you have none yet. Add one in your settings, then sign.',
    })
  }
  const kept = await checkAssertion(db, person.id, whatOf(of), input.assertion, now)
  const { statement } = kept
  const because = JSON.stringify(Object.entries(input.because ?? {}).toSorted())
  const before = await newestSigned(db, of?.id ?? null)
  if (
    statement.subject !== found.id ||
    statement.digest !== input.digest ||
    statement['version'] !== found.version ||
    statement['reason'] !== input.statement ||
    statement['replaces'] !== (before === null ? null : digestText(before.digest)) ||
    JSON.stringify(Object.entries((statement['because'] ?? {}) as object).toSorted()) !== because
  )
    throw fault('passkey_challenge', { detail: 'Your passkey answered for something else than this. Begin again.' })
  // This room made the statement, and nobody could change it: the challenge is its digest.
  return kept as KeptAssertion & { statement: SigningStatement }
}
