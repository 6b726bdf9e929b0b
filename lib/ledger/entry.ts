import { fault } from '@/lib/core/fault'
import { idTime } from '@/lib/core/ids'
import { ENTRY_KINDS, type EntryKind } from './entry-kinds'

export const OUTCOMES = [
  'allow',
  'hold',
  'forbid',
  'approved',
  'rejected',
  'expired',
  'succeeded',
  'failed',
  'aborted',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Who did it: the agent of the entry itself, a person by pseudonymous id, or Countersign (a deadline, an alert). */
export type EntryActor = 'agent' | 'system' | `person:${string}`

/** What else an entry names, by id and never by name. */
export const ABOUT = [
  'alert',
  'approval',
  'boundary',
  'change',
  'channel',
  'conclusion',
  'credential',
  'delegation',
  'device_login',
  'drill',
  'elevation',
  'enforcement_point',
  'entry',
  'halt',
  'invitation',
  'passkey',
  'person',
  'resource',
  'session',
  'shift',
  'source',
  'stream',
  'subject',
  'team',
  'token',
  'tool',
  'upstream',
] as const
export type About = (typeof ABOUT)[number]

/** What an answer was given with beyond a password session, where anything was. It only grows. */
export const ASSURANCES = ['passkey'] as const
export type Assurance = (typeof ASSURANCES)[number]

/** Somebody's answer. `for`: the person they stood in for, who has answered by it; `capability` is then `delegate`. */
export type Verdict = {
  person: string
  answer: string
  capability: string
  assurance?: Assurance | null
  for?: string | null
}

/** What the caller says of an entry. Ids are bare UUIDs; nothing here may be personal data or an agent's own words. */
export interface EntryFacts {
  kind: EntryKind
  actor: EntryActor
  agent?: string | null
  /** The agent's owner as of this moment: the second hop of C06. */
  owner?: string | null
  /** Who answers for this kind of action (C04). */
  accountable?: `person:${string}` | `team:${string}` | null
  run?: string | null
  /** The action this is about; absent on `action.decided`, whose id is the action's. */
  action?: string | null
  outcome?: Outcome | null
  /** A reason code of DESIGN §4. */
  reason?: string | null
  /** Where the rule stands in its document: `approval_required[1]`. */
  rule?: string | null
  boundary?: { version: number; digest: string } | null
  /** Only the name of a tool the catalogue knows; any other name is the agent's word, and belongs in the payload. */
  tool?: string | null
  class?: {
    access: 'read' | 'write'
    reversible?: boolean | null
    audience?: 'internal' | 'customer' | 'external' | null
    production?: boolean | null
    spends?: boolean | null
  } | null
  /** Who answered, how, by what right, and with what beyond a session: the payload of their own entry holds the passkey’s answer. */
  verdicts?: readonly Verdict[] | null
  about?: Partial<Record<About, string | null>> | null
  /** Words of ours that qualify it: roles given, `drill`, `break_glass`. */
  labels?: readonly string[] | null
  /** On `retention.applied` alone: payloads of which class are gone, of entries made in which time. */
  retention?: RetentionApplied | null
  /** On `ledger.key_rotated` and `ledger.continued` alone: who signs from here on (lib/ledger/succession.ts). */
  succession?: Succession | null
}

/** Payloads of one class, of entries made from `from` up to but not at `until` (RFC 3339, milliseconds, UTC); `count` were there. */
export interface RetentionApplied {
  class: string
  count: number
  from: string
  until: string
}

/** Another key, or another name, takes over: verifier keys, base64 of 64-byte signatures by both, and what is known to be lost. */
export interface Succession {
  old: string
  new: string
  old_signature: string
  new_signature: string
  lost?: { size: number; root: string; signature: string }
}

/** An entry as it is hashed: the facts, with what the ledger adds. */
export interface Entry extends EntryFacts {
  v: 1
  id: string
  /** RFC 3339, milliseconds, UTC: the moment in the id. */
  time: string
  /** base64url of HMAC-SHA-256(nonce, payload); absent when there is no payload. */
  commitment?: string | null
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const TOKEN = /^[a-z][a-z0-9_.]{0,63}$/
const RULE = /^[a-z][a-zA-Z0-9_.[\]-]{0,99}$/
const TOOL = /^[\x21-\x7e]{1,200}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/
const COMMITMENT = /^[A-Za-z0-9_-]{43}$/
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const VKEY = /^[A-Za-z0-9._/-]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/
const HASH = /^[A-Za-z0-9+/]{43}=$/
const kinds: ReadonlySet<string> = new Set(ENTRY_KINDS)
const outcomes: ReadonlySet<string> = new Set(OUTCOMES)
const assurances: ReadonlySet<string> = new Set(ASSURANCES)

/**
 * The bytes of an entry: RFC 8785 JSON. Every field is checked against a closed form, so that neither personal data nor an
 * agent's words can slip in; keys are written in their canonical order and every string is ASCII, hence JSON.stringify.
 * @throws Fault `cannot_record` naming the field
 */
export function encodeEntry(facts: EntryFacts & { id: string; commitment?: string | null }): Buffer {
  const { boundary, class: tool, about } = facts
  const entry = {
    about: about ? aboutOf(about) : undefined,
    accountable: text(
      'accountable',
      facts.accountable,
      (value) => prefixed(value, 'person:') || prefixed(value, 'team:'),
    ),
    action: text('action', facts.action, isId),
    actor: must('actor', facts.actor, (value) => value === 'agent' || value === 'system' || prefixed(value, 'person:')),
    agent: text('agent', facts.agent, isId),
    boundary: boundary
      ? {
          digest: must('boundary', boundary.digest, (value) => DIGEST.test(value)),
          version: count('boundary', boundary.version),
        }
      : undefined,
    class: tool
      ? {
          access: must('class', tool.access, (value) => value === 'read' || value === 'write'),
          audience: text('class', tool.audience, (value) => TOKEN.test(value)),
          production: flag('class', tool.production),
          reversible: flag('class', tool.reversible),
          spends: flag('class', tool.spends),
        }
      : undefined,
    commitment: text('commitment', facts.commitment, (value) => COMMITMENT.test(value)),
    id: must('id', facts.id, isId),
    kind: must('kind', facts.kind, (value) => kinds.has(value)),
    labels: facts.labels?.map((label) => must('labels', label, (value) => TOKEN.test(value))),
    outcome: text('outcome', facts.outcome, (value) => outcomes.has(value)),
    owner: text('owner', facts.owner, isId),
    reason: text('reason', facts.reason, (value) => TOKEN.test(value)),
    retention: facts.retention ? retentionOf(facts.retention) : undefined,
    rule: text('rule', facts.rule, (value) => RULE.test(value)),
    run: text('run', facts.run, isId),
    succession: facts.succession ? successionOf(facts.succession) : undefined,
    time: new Date(idTime(facts.id)).toISOString(),
    tool: text('tool', facts.tool, (value) => TOOL.test(value)),
    v: 1,
    verdicts: facts.verdicts?.map(({ answer, assurance, capability, for: absent, person }) => ({
      answer: must('verdicts', answer, (value) => TOKEN.test(value)),
      assurance: text('verdicts', assurance, (value) => assurances.has(value)),
      capability: must('verdicts', capability, (value) => TOKEN.test(value)),
      for: text('verdicts', absent, isId),
      person: must('verdicts', person, isId),
    })),
  }
  if (entry.actor === 'agent' && !entry.agent) throw refuse('agent')
  if ((entry.succession !== undefined) !== (entry.kind === 'ledger.key_rotated' || entry.kind === 'ledger.continued'))
    throw refuse('succession')
  if ((entry.retention !== undefined) !== (entry.kind === 'retention.applied')) throw refuse('retention')
  const bytes = Buffer.from(JSON.stringify(entry), 'latin1')
  if (bytes.length > 65_535) throw refuse('entry')
  return bytes
}

/** Reads an entry's bytes; null when they are not exactly what `encodeEntry` would have written. */
export function parseEntry(bytes: Uint8Array): Entry | null {
  try {
    const entry = JSON.parse(Buffer.from(bytes).toString('utf8')) as Entry
    return encodeEntry(entry).equals(bytes) ? entry : null
  } catch {
    return null
  }
}

/** The columns the database reads from an entry's bytes, as it should have read them. */
export function columnsOf(entry: Entry) {
  return {
    kind: entry.kind,
    agentId: entry.agent ?? null,
    actionId: entry.action ?? null,
    runId: entry.run ?? null,
    personId: prefixed(entry.actor, 'person:') ? entry.actor.slice(7) : null,
    outcome: entry.outcome ?? null,
    reasonCode: entry.reason ?? null,
  }
}

function aboutOf(about: Partial<Record<About, string | null>>): Record<string, string> {
  const unknown = Object.keys(about).find((noun) => !(ABOUT as readonly string[]).includes(noun))
  if (unknown !== undefined) throw refuse('about')
  // ABOUT is in alphabetical order, which is the canonical one
  return Object.fromEntries(ABOUT.flatMap((noun) => (about[noun] ? [[noun, must('about', about[noun], isId)]] : [])))
}

function retentionOf({ class: of, count: gone, from, until }: RetentionApplied): RetentionApplied {
  const moment = (value: string) => MOMENT.test(value) && !Number.isNaN(Date.parse(value))
  return {
    class: must('retention', of, (value) => TOKEN.test(value)),
    count: count('retention', gone),
    from: must('retention', from, moment),
    until: must('retention', until, moment),
  }
}

function successionOf(said: Succession) {
  const is = (pattern: RegExp) => (value: string) => pattern.test(value)
  return {
    lost: said.lost
      ? {
          root: must('succession', said.lost.root, is(HASH)),
          signature: must('succession', said.lost.signature, is(SIGNATURE)),
          size: count('succession', said.lost.size),
        }
      : undefined,
    new: must('succession', said.new, is(VKEY)),
    new_signature: must('succession', said.new_signature, is(SIGNATURE)),
    old: must('succession', said.old, is(VKEY)),
    old_signature: must('succession', said.old_signature, is(SIGNATURE)),
  }
}

function text(
  field: string,
  value: string | null | undefined,
  allowed: (value: string) => boolean,
): string | undefined {
  return value === null || value === undefined ? undefined : must(field, value, allowed)
}

function must(field: string, value: unknown, allowed: (value: string) => boolean): string {
  if (typeof value !== 'string' || !allowed(value)) throw refuse(field)
  return value
}

function flag(field: string, value: unknown): boolean | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'boolean') throw refuse(field)
  return value
}

function count(field: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw refuse(field)
  return value
}

const isId = (value: string) => UUID.test(value)
const prefixed = (value: string, prefix: string) => value.startsWith(prefix) && isId(value.slice(prefix.length))
const refuse = (field: string) => fault('cannot_record', { field, detail: `The ledger does not take this ${field}.` })
