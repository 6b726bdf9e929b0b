import type { ReadAttestation } from '@/lib/decisions/read-attestations'
import type { Channel } from '@/lib/agents/channel'
import type { Gone } from './gone'
import type { ApprovalStatus } from '@/lib/approvals/approval'
import type { Decision } from '@/lib/decisions/decision'
import type { EntryKind } from '@/lib/ledger/entry-kinds'
import type { Transfer } from './read-ownership'
import type { Evidence, Reasoning, Resource, TestedAgainst } from '@/lib/runs/contract'

/**
 * One action from the question to the proof (C28). Everything but names and words comes from the ledger: what happened is
 * read from its entries, what was said from their payloads, and only the names are those of today. Times are ISO 8601.
 */
export type Story = {
  /** `act_…` */
  action: string
  agent: { slug: string }
  /** Where it stands now. */
  status: string
  frozen: boolean
  asked: Asked
  decided: Decided
  approval: Approved | null
  /** What followed, in order: granted, claimed, completed, withdrawn, expired, refused. */
  steps: readonly Step[]
  outcome: Outcome | null
  /** How often its grant was refused, by why: all of them, entries or not. */
  refusals: readonly { reason: string; count: number }[]
  /** the sandboxes a runner attested for it, each verified when it came */
  sandboxes: readonly ReadAttestation[]
  proof: { index: number; entry: string } | null
  /** Every entry of the story, with its place in the log. */
  entries: readonly { id: string; kind: EntryKind; index: number | null; at: string }[]
  owner: OwnerThen
}

/** What was proposed. `said` is what the payload holds: gone once it is erased, and broken where it was changed. */
export type Asked = {
  at: string
  run: string | null
  /** The catalogue's name, or the agent's word where the catalogue does not know it. */
  tool: string
  /** The catalogue knew the tool when this was decided. */
  known: boolean
  /** by which door of the server it came (ADR 0043) */
  channel: Channel
  said: 'open' | 'erased' | 'broken' | 'sensitive'
  /** Who erased it and why, or since when it has expired. */
  gone: Gone | null
  resource: Resource | null
  requester: { type: string; id: string; proof: 'asserted' | 'verified' } | null
  arguments: unknown
  argumentsRaw: string
  reasoning: Reasoning | null
  evidence: readonly Evidence[]
  untrustedSources: readonly string[]
  testedAgainst: readonly TestedAgainst[]
}

export type Decided = {
  at: string
  decision: Decision
  reasons: readonly { code: string; text: string; rule: string | null }[]
  /** what its boundary, which only observed, would have answered */
  observed: { decision: 'hold' | 'forbid'; reasons: Decided['reasons'] } | null
  boundary: {
    version: number
    digest: string
    signer: { id: string; name: string } | null
    signedAt: string | null
  } | null
  /** SHA-256 of exactly what was proposed. */
  digest: string
}

export type Approved = {
  /** `apr_…` */
  id: string
  status: ApprovalStatus
  openedAt: string
  expiresAt: string
  closedAt: string | null
  verdicts: readonly {
    person: { id: string; name: string }
    answer: 'approve' | 'reject'
    /** By what right: the capability recorded in the ledger. */
    capability: string | null
    /** recorded as given with a passkey */
    passkey?: true
    reason: string
    at: string
  }[]
}

/** `labels` are words of ours that qualify it: why a run’s end withdrew it, what refused a grant. */
export type Step = { kind: EntryKind; at: string; entry: string; labels: readonly string[] }

export type Outcome = {
  status: 'succeeded' | 'failed' | 'aborted'
  at: string
  durationMs: number | null
  output: unknown
  error: string | null
  said: 'open' | 'erased' | 'broken' | 'sensitive' | 'none'
}

/** Who answered for the agent when it was decided, which is not always who does today (C06). */
export type OwnerThen = {
  then: { id: string; name: string } | null
  at: string
  now: { id: string; name: string }
  /** the entry that made them answer for it; null where the log holds none */
  proof: Transfer | null
  /** every transfer since, in the order of the log */
  since: readonly Transfer[]
  /** Who answers for this kind of action (C04), where it is not the owner. */
  accountable: { kind: 'person' | 'team'; name: string } | null
}

/** `6 ms`, `1.4 s`, `8 min 58 s`: how long something took, as exactly as a person can use. */
export function sayTook(ms: number): string {
  if (ms < 1_000) return `${Math.max(Math.round(ms), 0)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

/** Why a request was withdrawn: by its agent, or with its run. */
export function withdrawnWords(steps: readonly Step[]): string {
  const labels = steps.findLast(({ kind }) => kind === 'action.withdrawn')?.labels ?? []
  if (labels.includes('run_ended')) return 'The agent ended its run'
  if (labels.includes('lease_lapsed')) return 'Its run’s lease lapsed and the agent did not come back'
  return 'The agent gave up'
}

/** The headline of a story: what became of it, in a sentence of our words. */
export function endWords(story: Pick<Story, 'status' | 'decided' | 'outcome' | 'frozen' | 'steps'>): string {
  switch (story.status) {
    case 'held':
      return story.frozen ? 'asked, and is frozen by a halt' : 'asked, and waits for a person'
    case 'forbidden':
      return 'asked, and was forbidden'
    case 'rejected':
      return 'asked, and was rejected'
    case 'withdrawn':
      return 'asked, and gave it up'
    case 'superseded':
      return 'was approved, and the gate’s second look stopped it'
    case 'approved':
      return 'was approved, and has not begun'
    case 'allowed':
      return 'was allowed, and has not begun'
    case 'claimed':
      return 'was let through, and is at it'
    case 'expired':
      return story.decided.decision === 'allow' ? 'was allowed, and never began' : 'asked, and nobody answered in time'
    case 'succeeded':
      return story.steps.some(({ kind }) => kind === 'action.asked_back')
        ? 'was let through, and the server asked back before doing it'
        : 'did it'
    case 'failed':
      return 'tried it, and failed'
    case 'aborted':
      return 'began it, and stopped'
    default:
      return 'was let through, and never said what came of it'
  }
}
