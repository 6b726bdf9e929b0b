import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { challengeIn, checkProof, refusalIn, type KeptAssertion } from './passkey-assert'
import { relyingParty, statementFor } from './passkey-challenge'
import type { AssertionInput, AttestationInput } from './passkey-contract'
import { findCredential, insertChallenge, livingPasskeys, takeChallenge } from './passkey-store'
import { lockPeople, tellPeople } from './store'

/** Enough for a laptop, a telephone and a few keys in a safe. */
export const MOST_PASSKEYS = 10
/** COSE algorithms (RFC 9053) that are asked for and checked offline: EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257]

/**
 * Begins to add a passkey. Who has one already proves with it that they add another: a stolen password and session then add none.
 * @returns what `navigator.credentials.create()` wants; `prove`: the passkeys one of which has to answer the same challenge, first
 * @throws Fault `invalid_request`, `already_exists` on `name`
 */
export async function beginToAdd(db: Db, actor: Actor, name: string, now: Date) {
  const { id, origin } = relyingParty()
  const keys = await livingPasskeys(db, actor.id)
  if (keys.some((key) => key.name === name))
    throw fault('already_exists', { field: 'name', detail: 'You have a passkey of this name.' })
  if (keys.length >= MOST_PASSKEYS)
    throw fault('invalid_request', {
      field: 'name',
      detail: `At most ${String(MOST_PASSKEYS)}. Remove one you no longer use.`,
    })
  const words = `I, ${actor.name}, add the passkey “${name}” at ${origin}.`
  const statement = statementFor({ what: 'passkey.add', subject: null, digest: null, name, words }, actor.id, now)
  const challenge = await insertChallenge(db, statement, now)
  const known = keys.map(({ credentialId, transports }) => ({
    id: Buffer.from(credentialId).toString('base64url'),
    transports,
  }))
  const create = await generateRegistrationOptions({
    rpName: 'Countersign',
    rpID: id,
    userName: actor.email,
    userDisplayName: actor.name,
    userID: new Uint8Array(Buffer.from(actor.id.replaceAll('-', ''), 'hex')),
    challenge: new Uint8Array(challenge),
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    timeout: 120_000,
  })
  const prove =
    known.length === 0
      ? null
      : {
          challenge: create.challenge,
          rpId: id,
          allowCredentials: known.map((key) => ({ ...key, type: 'public-key' })),
          userVerification: 'required' as const,
          timeout: 120_000,
        }
  return { create, prove, words }
}

/**
 * Adds the passkey (WebAuthn §7.1). The challenge is taken before anything else and outside of the transaction: an answer that is
 * refused cannot be given again.
 * @throws Fault `passkey_challenge`, `passkey_refused`, `passkey_required` without the proof, `already_exists`
 */
export async function finishAdding(
  db: Db,
  actor: Actor,
  { attestation, proof }: { attestation: AttestationInput; proof?: AssertionInput | undefined },
  now: Date,
): Promise<{ id: string; name: string }> {
  const party = relyingParty()
  const challenge = challengeIn(attestation.response.clientDataJSON)
  const taken = await takeChallenge(db, challenge, actor.id, 'passkey.add')
  if (taken === null)
    throw fault('passkey_challenge', { detail: 'Begin again: a challenge serves once, within minutes.' })
  const answer = await verifyRegistrationResponse({
    response: {
      ...attestation,
      clientExtensionResults: {},
      authenticatorAttachment: undefined,
      response: attestation.response,
    },
    expectedChallenge: challenge.toString('base64url'),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch((error: unknown) => {
    throw fault('passkey_refused', { detail: refusalIn(error), cause: error })
  })
  if (!answer.verified) throw fault('passkey_refused')
  const { credential, credentialBackedUp } = answer.registrationInfo
  const name = taken.statement['name']
  if (typeof name !== 'string') throw fault('passkey_challenge')
  return transaction(async (tx) => {
    // in one line with whoever else adds: two first passkeys at once would both need no proof
    await lockPeople(tx)
    const before = await livingPasskeys(tx, actor.id)
    if (before.length >= MOST_PASSKEYS || before.some((key) => key.name === name)) throw fault('already_exists')
    const proven = before.length === 0 ? null : await proofOf(tx, actor, taken, proof, now)
    const credentialId = Buffer.from(credential.id, 'base64url')
    if ((await findCredential(tx, credentialId)) !== null)
      throw fault('already_exists', { detail: 'This passkey is known already.' })
    const id = newId(now.getTime())
    await tx.passkey.create({
      data: {
        id,
        personId: actor.id,
        name,
        credentialId: new Uint8Array(credentialId),
        publicKey: new Uint8Array(credential.publicKey),
        counter: BigInt(credential.counter),
        transports: attestation.response.transports ?? [],
        synced: credentialBackedUp,
        createdAt: now,
      },
      select: { id: true },
    })
    await append(tx, {
      kind: 'passkey.added',
      actor: `person:${actor.id}`,
      about: { passkey: id, person: actor.id },
      labels: [before.length === 0 ? 'first' : 'proven'],
      payload: {
        name,
        public_key: Buffer.from(credential.publicKey).toString('hex'),
        rp_id: party.id,
        ...(proven !== null && { passkey: proven }),
      },
    })
    await tellPeople(tx)
    return { id, name }
  })
}

function proofOf(
  db: Db,
  actor: Actor,
  taken: { id: string; statement: KeptAssertion['statement'] },
  proof: AssertionInput | undefined,
  now: Date,
): Promise<KeptAssertion> {
  if (proof === undefined)
    throw fault('passkey_required', { detail: 'Prove with a passkey you have that it is you who adds another.' })
  return checkProof(db, actor.id, taken, proof, now)
}
