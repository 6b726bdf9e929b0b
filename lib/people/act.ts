import type { Role } from './role'

/** What the table asks about a person. An `Actor` is one. */
export type Asking = {
  readonly id: string
  readonly roles: readonly Role[]
  readonly onCall: boolean
  readonly deactivated: boolean
  /** they came with an API token, which reads */
  readonly readOnly?: boolean
  /** … and drafts boundaries, where it was made for that */
  readonly drafts?: boolean
  /** their token engages halts and lists them, and does nothing else (ADR 0041) */
  readonly halts?: boolean
  /** they came over a command line they logged in, which does what is on its list (ADR 0055) */
  readonly commandLine?: boolean
}

/** What the table asks about a thing. Leave out what does not apply: an absent relation is never held. */
export type Subject = {
  /** who answers for the agent in question */
  readonly ownerId?: string | null
  /** the agent's owner is deactivated */
  readonly ownerGone?: boolean
  /** who drafted the boundary or the baseline */
  readonly drafterId?: string | null
  /** on whose request the action was proposed, or who asked for the change that waits for a co-signature */
  readonly requesterId?: string | null
  /** the person a change is about, or to whom a session or a token belongs */
  readonly personId?: string | null
  /** who suspended the agent */
  readonly suspendedBy?: string | null
  /** how many people the approval asks for; absent counts as one */
  readonly seats?: number
}

export type Permission = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export type Relation = 'anyone' | 'owner' | 'drafter' | 'on_call' | 'self'

export type Rule = {
  /** read: also with a token · write: never by an auditor · own: one's own account, whatever the role */
  readonly effect: 'read' | 'write' | 'own'
  /** any one of these suffices */
  readonly may: readonly (Role | Relation)[]
  /** also with a token that was made for drafting */
  readonly drafts?: true
  /** also with a token that was made for halts, which does nothing else */
  readonly halts?: true
  /** the sentence a refused person reads */
  readonly says: string
  /** separation of duties: why this person may not, although the role would let them */
  readonly unless?: (person: Asking, subject: Subject) => string | false
}

/** Whether a person is the one named. */
export const is = (person: Asking, id: string | null | undefined): boolean =>
  id !== undefined && id !== null && id === person.id

/** Who reads what agents did and what people decided about it. */
export const RECORD_READERS = ['administrator', 'ciso', 'analyst', 'auditor', 'on_call', 'owner'] as const

/** Whether a person stands in one of these relations to a subject, or has one of these roles. */
export function holds(person: Asking, may: readonly (Role | Relation)[], subject: Subject = {}): boolean {
  return may.some((one) => {
    switch (one) {
      case 'anyone':
        return true
      case 'owner':
        return is(person, subject.ownerId)
      case 'drafter':
        return is(person, subject.drafterId)
      case 'self':
        return is(person, subject.personId)
      case 'on_call':
        return person.onCall
      default:
        return person.roles.includes(one)
    }
  })
}
