import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { checkAssertion, type KeptAssertion } from '@/lib/people/passkey-assert'
import { askForAssertion, type Asked } from '@/lib/people/passkey-challenge'
import { passkeysOf, signaturesNeedPasskey } from '@/lib/people/read-passkeys'
import type { VerdictRulesInput } from './contract-verdicts'
import { verdictRules } from './read-verdict-rules'

type Person = { id: string; name: string }
type Chosen = Omit<VerdictRulesInput, 'assertion'>

/** Asks a ciso to put their passkey to what verdicts take from here on. @throws Fault `passkey_required` when they have none */
export async function beginToGovern(db: Db, person: Person, chosen: Chosen, now: Date): Promise<Asked> {
  const words = `I, ${person.name}, have approvals take a passkey from ${chosen.passkeyFrom} stakes on, and a reason from ${chosen.reasonFrom} stakes on.`
  return askForAssertion(db, person.id, { ...saidOf(chosen), subject: null, digest: null, words }, now)
}

/**
 * Says from what is at stake an approval takes a passkey, and a reason. It holds for what is asked from here on; what waits keeps what it
 * was opened with. A ciso's, with a passkey wherever a signature needs one (ADR 0019); it takes lock K, so it is given a database and no
 * transaction.
 * @throws Fault `not_permitted`, `passkey_required`, `passkey_challenge`, `passkey_refused`
 */
export async function governVerdicts(
  db: Db,
  person: Person,
  { assertion, ...chosen }: VerdictRulesInput,
  now: Date,
): Promise<void> {
  const kept = await answeredBy(db, person, chosen, assertion, now)
  const before = await verdictRules(db)
  const entry = await prepareEntry(db, {
    kind: 'verdicts.governed',
    actor: `person:${person.id}`,
    subject: 'organisation',
    about: { passkey: kept?.passkey ?? null },
    labels: [
      `passkey_from.${chosen.passkeyFrom}`,
      `reason_from.${chosen.reasonFrom}`,
      kept === null ? 'password_session' : 'passkey',
    ],
    payload: { before: termsOf(before), ...termsOf(chosen), ...(kept !== null && { passkey: kept }) },
  })
  await changeOrRefuse('verdicts.govern', { by: person.id, ...termsOf(chosen) }, entry)
}

async function answeredBy(
  db: Db,
  person: Person,
  chosen: Chosen,
  assertion: VerdictRulesInput['assertion'],
  now: Date,
): Promise<KeptAssertion | null> {
  if (assertion === undefined) {
    const [needed, keys] = await Promise.all([signaturesNeedPasskey(db), passkeysOf(db, person.id)])
    if (!needed && keys.length === 0) return null
    throw fault('passkey_required', {
      detail:
        keys.length > 0
          ? 'This takes your passkey, and a browser with JavaScript.'
          : 'This takes a passkey, and you have none yet. Add one, then save.',
    })
  }
  const kept = await checkAssertion(db, person.id, 'verdicts.govern', assertion, now)
  const { passkey_from: passkeyFrom, reason_from: reasonFrom } = kept.statement
  if (passkeyFrom !== chosen.passkeyFrom || reasonFrom !== chosen.reasonFrom)
    throw fault('passkey_challenge', { detail: 'Your passkey answered for something else than this. Begin again.' })
  return kept
}

const termsOf = ({ passkeyFrom, reasonFrom }: Omit<Chosen, 'chosen'>) => ({
  passkey_from: passkeyFrom,
  reason_from: reasonFrom,
})
const saidOf = (chosen: Chosen) => ({ what: 'verdicts.govern' as const, ...termsOf(chosen) })
