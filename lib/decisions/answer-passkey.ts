import type { Answer } from '@/lib/approvals/approval'
import { takesPasskey } from '@/lib/approvals/assurance'
import { answererOf } from '@/lib/approvals/read'
import { SEAT_REFUSALS } from '@/lib/approvals/seat'
import { mayVote, type Vote } from '@/lib/approvals/vote'
import { sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { Db } from '@/lib/db/client'
import { askedAction } from '@/lib/decisions/asked-action'
import { findAction } from '@/lib/decisions/store-actions'
import type { Actor } from '@/lib/people/actor'
import { checkProof, takeAnswered, type KeptAssertion, type TakenChallenge } from '@/lib/people/passkey-assert'
import { askForAssertion, type Asked } from '@/lib/people/passkey-challenge'
import type { AssertionInput } from '@/lib/people/passkey-contract'
import type { Said } from '@/lib/people/passkey-statement'
import { passkeyRegistered } from '@/lib/people/read-passkeys'

/** What somebody answers, before it is given. */
export type Intended = {
  approvalId: string
  actor: Actor
  answer: Answer
  reason: string
  /** of what they saw */
  digest: Buffer
  now: Date
}

/** A passkey's answer to a challenge that was taken for it. */
export type PasskeyAnswer = { taken: TakenChallenge; assertion: AssertionInput }

/** What is signed when a held action is answered (ADR 0033); `person` and `at` come with every statement. */
export type AnswerSaid = Said & {
  what: 'approval.answer'
  /** the approval */
  subject: string
  /** of the action as it was shown, edited or not */
  digest: string
  answer: Answer
  /** `sha256:…` of the reason in UTF-8, as it is kept: the words themselves stand beside it and can be erased */
  reason: string
  agent: string
}

/**
 * Asks somebody to answer a held action with a passkey: whatever would refuse the answer is asked before, and the challenge is over the
 * approval, the digest, the answer and the reason.
 * @throws Fault as `answerAction`; `passkey_required` for whoever has none
 */
export async function beginToAnswer(db: Db, intended: Intended): Promise<Asked> {
  const { approvalId, actor, answer, reason, digest, now } = intended
  const action = await askedAction(db, approvalId, findAction, now)
  const cast: Vote = { approvalId, person: { ...answererOf(actor), name: actor.name }, answer, reason, digest, now }
  const approval = await mayVote(db, cast)
  if (approval.seats === 1 && action.owner_id === actor.id)
    throw fault('separation_of_duties', { detail: SEAT_REFUSALS.owner_alone })
  const said: AnswerSaid = {
    what: 'approval.answer',
    subject: approvalId,
    digest: digestText(digest),
    answer,
    reason: reasonDigest(reason),
    agent: action.agent_id,
    words: `I, ${actor.name}, ${answer} what ${action.slug} asks in ${publicId('approval', approvalId)}, exactly ${digestText(digest)}.`,
  }
  return askForAssertion(db, actor.id, said, now)
}

/**
 * Takes the challenge of an answer by passkey, where one came with it: before the verdict's transaction and outside of it, so that an
 * answer that is refused cannot be given again.
 * @throws Fault `passkey_challenge`, `passkey_refused`
 */
export async function takeAnswer(
  db: Db,
  personId: string,
  assertion: AssertionInput | undefined,
): Promise<PasskeyAnswer | undefined> {
  if (assertion === undefined) return undefined
  return { assertion, taken: await takeAnswered(db, personId, 'approval.answer', assertion) }
}

/**
 * What proves that a passkey gave this verdict, in the verdict's transaction; null where none did and none is asked for.
 * @throws Fault `passkey_required`, `passkey_challenge`, `passkey_refused`
 */
export async function provenBy(
  db: Db,
  approval: Parameters<NonNullable<Vote['prove']>>[0],
  { actor, answer, reason, passkey, now }: Intended & { passkey?: PasskeyAnswer | undefined },
): Promise<KeptAssertion | null> {
  if (passkey === undefined) {
    if (!takesPasskey(approval.rule, answer, true)) return null
    const { has, registered } = await passkeyRegistered(db, actor.id)
    if (!takesPasskey(approval.rule, answer, registered)) return null
    throw fault('passkey_required', {
      detail: has
        ? `To ${answer} this takes your passkey, and a browser with JavaScript.`
        : `To ${answer} this takes a passkey, and you have none yet. Add one in your settings, then answer.`,
    })
  }
  const { statement } = passkey.taken
  if (
    statement.subject !== approval.id ||
    statement.digest !== digestText(approval.digest) ||
    statement['answer'] !== answer ||
    statement['reason'] !== reasonDigest(reason)
  )
    throw fault('passkey_challenge', { detail: 'Your passkey answered for something else than this. Begin again.' })
  return checkProof(db, actor.id, passkey.taken, passkey.assertion, now)
}

/** The digest of a reason as it is kept, without the secrets that slipped into it (C41). */
function reasonDigest(reason: string): string {
  return digestText(sha256(redactText(reason).text))
}
