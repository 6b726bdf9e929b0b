import { fault } from '@/lib/core/fault'
import type { JsonValue } from '@/lib/core/json'
import { redactSecrets, type RedactedSecret } from '@/lib/core/secrets'
import { encodeEntry, type EntryFacts } from '@/lib/ledger/entry'
import { leafHash, type Hash } from '@/lib/ledger/merkle'
import { seal, type Projection, type SealRandom, type StoredProjection, type SubjectKey } from '@/lib/ledger/payload'

/** What an entry says in the open, and what it keeps apart. */
export interface EntryInput extends EntryFacts {
  /** Anything JSON: arguments, output, reasoning, texts of people. Erasable. */
  payload?: JsonValue
  /** What of it is listed and searched. */
  projection?: Projection | null
}

/** An entry ready to be written, as `ledger.append` and the gate take it. */
export interface Prepared {
  id: string
  envelope: Buffer
  /** The hash a receipt is about. */
  leaf: Hash
  payload: { subject: string; ciphertext: Buffer } | null
  projection: StoredProjection | null
  /** The secrets that were taken out of payload and projection, by place and kind (C41). */
  redacted: readonly RedactedSecret[]
}

/**
 * Makes the rows of one entry: secrets of known formats are taken out of payload and projection before anything else sees
 * them, the payload is sealed under its subject's key, and the entry keeps its commitment alone (DESIGN §5). Pure.
 * @throws Fault `cannot_record` naming the field when the facts are not of their closed form
 */
export function prepare(id: string, input: EntryInput, key: SubjectKey | null, random: SealRandom): Prepared {
  const { payload, projection, ...facts } = input
  if (!isSealed(input)) {
    const envelope = encodeEntry({ ...facts, id })
    return { id, envelope, leaf: leafHash(envelope), payload: null, projection: null, redacted: [] }
  }
  if (!key) throw fault('cannot_record', { field: 'payload', detail: 'A payload needs the key of its subject.' })
  const clean = redactSecrets(payload ?? null)
  const shown = redactSecrets(columnsOf(projection ?? {}))
  const stored = clip(shown.value)
  const sealed = seal(id, clean.value, stored, key.key, random)
  const envelope = encodeEntry({ ...facts, id, commitment: sealed.commitment })
  return {
    id,
    envelope,
    leaf: leafHash(envelope),
    payload: { subject: key.id, ciphertext: sealed.ciphertext },
    projection: stored,
    redacted: [...clean.found, ...shown.found],
  }
}

/** Whether an entry has anything to keep apart, and so needs a subject's key. */
export function isSealed({ payload, projection }: EntryInput): boolean {
  return (payload ?? projection ?? null) !== null
}

/** Lists show lines, not documents: what is longer is whole in the payload. */
const LONGEST = 1_000
const MOST_LINES = 50

function columnsOf(projection: Projection): StoredProjection {
  return {
    tool: projection.tool ?? null,
    resource_type: projection.resource_type ?? null,
    resource_id: projection.resource_id ?? null,
    requester: projection.requester ?? null,
    requester_proof: projection.requester_proof ?? null,
    sentence: projection.sentence ?? null,
    signals: projection.signals ?? null,
    intel: projection.intel ?? null,
    skill: projection.skill ?? null,
    confidence: projection.confidence ?? null,
    amount: projection.amount ?? null,
  }
}

/** Cut after redaction, never before: half a secret looks like none. Null when there is nothing to show. */
function clip(columns: StoredProjection): StoredProjection | null {
  const line = (text: string | null) =>
    text === null || text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`
  const lines = (texts: string[] | null) =>
    texts === null || texts.length === 0 ? null : texts.slice(0, MOST_LINES).map((text) => line(text) ?? '')
  if (Object.values(columns).every((value) => value === null)) return null
  return {
    tool: line(columns.tool),
    resource_type: line(columns.resource_type),
    resource_id: line(columns.resource_id),
    requester: line(columns.requester),
    requester_proof: columns.requester_proof,
    sentence: line(columns.sentence),
    signals: lines(columns.signals),
    intel: lines(columns.intel),
    skill: line(columns.skill),
    confidence: columns.confidence,
    amount: columns.amount,
  }
}
