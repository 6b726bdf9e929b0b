import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { relyingParty } from './passkey-challenge'
import type { AssertionInput } from './passkey-contract'
import { challengeOf, type Statement, type StatementKind } from './passkey-statement'
import { answerChallenge, countUse, findCredential, takeChallenge } from './passkey-store'

/**
 * What is kept of an assertion in the ledger's payload: everything it takes to check it without this server. Hexadecimal, so that
 * nothing in it can look like a secret and be redacted.
 */
export type KeptAssertion = {
  statement: Statement
  passkey: string
  rp_id: string
  origin: string
  /** COSE_Key */
  public_key: string
  authenticator_data: string
  client_data: string
  signature: string
}

/**
 * Verifies that this person answered a challenge with a passkey of theirs (WebAuthn §7.2): takes the challenge first, so that a
 * refused answer cannot be tried twice, then the origin, the relying party, user verification, the signature and the counter.
 * Runs outside of any transaction: what is taken stays taken.
 * @throws Fault `passkey_challenge`, `passkey_refused`
 */
export async function checkAssertion(
  db: Db,
  personId: string,
  what: StatementKind,
  given: AssertionInput,
  now: Date,
): Promise<KeptAssertion> {
  return checkProof(db, personId, await takeAnswered(db, personId, what, given), given, now)
}

/** A challenge that was taken: it serves no other answer from here on. */
export type TakenChallenge = { id: string; statement: Statement }

/**
 * Takes the challenge that an answer names, before anything of the answer is looked at. Given no transaction: whatever becomes of the
 * answer, the challenge is spent. @throws Fault `passkey_challenge`, `passkey_refused`
 */
export async function takeAnswered(
  db: Db,
  personId: string,
  what: StatementKind,
  given: AssertionInput,
): Promise<TakenChallenge> {
  const taken = await takeChallenge(db, challengeIn(given.response.clientDataJSON), personId, what)
  if (taken === null)
    throw fault('passkey_challenge', { detail: 'Begin again: a challenge serves once, within minutes.' })
  return taken
}

/**
 * The same for a challenge that was taken already; in a transaction, the counter and what the challenge was answered with are written with
 * the rest of it or not at all. @throws Fault `passkey_refused`
 */
export async function checkProof(
  db: Db,
  personId: string,
  taken: TakenChallenge,
  given: AssertionInput,
  now: Date,
): Promise<KeptAssertion> {
  const { id: rpId, origin } = relyingParty()
  const passkey = await verify(db, taken.statement, personId, given, now)
  await answerChallenge(db, taken.id, passkey.id)
  const hex = (text: string) => Buffer.from(text, 'base64url').toString('hex')
  return {
    statement: taken.statement,
    passkey: passkey.id,
    rp_id: rpId,
    origin,
    public_key: Buffer.from(passkey.publicKey).toString('hex'),
    authenticator_data: hex(given.response.authenticatorData),
    client_data: hex(given.response.clientDataJSON),
    signature: hex(given.response.signature),
  }
}

async function verify(
  db: Db,
  statement: Statement,
  personId: string,
  given: AssertionInput,
  now: Date,
): Promise<{ id: string; publicKey: Uint8Array }> {
  const { id: rpId, origin } = relyingParty()
  const passkey = await findCredential(db, Buffer.from(given.id, 'base64url'))
  if (passkey === null || passkey.removedAt !== null || passkey.personId !== personId)
    throw fault('passkey_refused', { detail: 'This passkey is not one of yours.' })
  const answer = await verifyAuthenticationResponse({
    response: { ...given, clientExtensionResults: {}, authenticatorAttachment: undefined, response: plain(given) },
    expectedChallenge: challengeOf(statement).toString('base64url'),
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: {
      id: given.id,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.counter),
    },
  }).catch((error: unknown) => {
    throw fault('passkey_refused', { detail: refusalIn(error), cause: error })
  })
  if (!answer.verified) throw fault('passkey_refused', { detail: 'The signature does not hold.' })
  if (!(await countUse(db, passkey.id, answer.authenticationInfo.newCounter, now)))
    throw fault('passkey_refused', { detail: refusalIn(new Error('counter')) })
  return passkey
}

const plain = ({ response }: AssertionInput) => ({ ...response, userHandle: response.userHandle ?? undefined })

/** The challenge a browser says was answered (WebAuthn §5.8.1). @throws Fault `passkey_refused` */
export function challengeIn(clientDataJSON: string): Buffer {
  try {
    const said = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8')) as { challenge?: unknown }
    if (typeof said.challenge === 'string') return Buffer.from(said.challenge, 'base64url')
  } catch {
    // said below
  }
  throw fault('passkey_refused', { detail: 'The answer cannot be read.' })
}

/** A sentence of ours for what the library says in its own; the library's stays in the log. */
export function refusalIn(error: unknown): string {
  const said = error instanceof Error ? error.message : ''
  if (/origin/i.test(said)) return 'It was given to another address than this console’s.'
  if (/RP ID/i.test(said)) return 'It was given for another site.'
  if (/user verification|user could not be verified/i.test(said)) return 'The passkey did not check that it was you.'
  if (/counter/i.test(said))
    return 'Its counter went back: there may be a copy of this passkey. Remove it, and tell whoever is on call.'
  if (/challenge/i.test(said)) return 'It answers another challenge.'
  return 'The answer of the passkey does not hold.'
}
