import { randomBytes } from 'node:crypto'
import { generateAuthenticationOptions } from '@simplewebauthn/server'
import { fault } from '@/lib/core/fault'
import { redactSecrets } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { relyingPartyOf, statementOf, type Said, type Statement } from './passkey-statement'
import { insertChallenge, livingPasskeys } from './passkey-store'
import { sessionConfig } from './session-config'

/** The relying party of this Countersign. @throws Fault `unavailable` where PUBLIC_URL is an address of digits */
export function relyingParty(): { id: string; origin: string } {
  const party = relyingPartyOf(sessionConfig().publicUrl)
  if (party === null)
    throw fault('unavailable', { detail: 'Passkeys need a name: open the console by one, and set PUBLIC_URL to it.' })
  return party
}

/** What a browser is given to ask an authenticator with, and the statement it would be over. */
export type Asked = { options: Awaited<ReturnType<typeof generateAuthenticationOptions>>; statement: Statement }

/**
 * Asks a person to put their name to a statement with a passkey of theirs: keeps the challenge, which serves once and for minutes,
 * and answers what `navigator.credentials.get()` wants (WebAuthn §5.5), user verification required.
 * @throws Fault `passkey_required` when they have none, `invalid_request` when a secret stands in what they said
 */
export async function askForAssertion(db: Db, personId: string, said: Said, now: Date): Promise<Asked> {
  const { id } = relyingParty()
  const keys = await livingPasskeys(db, personId)
  if (keys.length === 0)
    throw fault('passkey_required', { detail: 'You have no passkey yet. Add one in your settings first.' })
  const statement = statementFor(said, personId, now)
  const challenge = await insertChallenge(db, statement, now)
  const options = await generateAuthenticationOptions({
    rpID: id,
    challenge: new Uint8Array(challenge),
    userVerification: 'required',
    timeout: 120_000,
    allowCredentials: keys.map(({ credentialId, transports }) => ({
      id: Buffer.from(credentialId).toString('base64url'),
      transports,
    })),
  })
  return { options, statement }
}

/** A statement that the ledger will keep as it stands: what it would redact cannot be signed, since the digest would be of another text. */
export function statementFor(said: Said, personId: string, now: Date): Statement {
  const statement = statementOf(said, personId, now, randomBytes(16))
  const [secret] = redactSecrets(statement).found
  if (secret !== undefined)
    throw fault('invalid_request', { detail: 'A secret stands in what you would sign. Leave it out.' })
  return statement
}
