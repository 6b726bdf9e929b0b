import type { LiveTopic } from '@/lib/core/live'
import type { EntryKind } from '@/lib/ledger/entry-kinds'

type Noun = EntryKind extends `${infer N}.${string}` ? N : never

/** Which pages have something new once entries of a noun are in the log. Closed with the ledger's own list of kinds. */
const TOPICS: Readonly<Record<Noun, readonly LiveTopic[]>> = {
  action: ['actions'],
  agent: ['agents'],
  alert: ['alerts'],
  approval: ['approvals', 'actions', 'boundaries'],
  attention: [],
  baseline: ['boundaries'],
  boundary: ['boundaries', 'agents'],
  channel: ['notifications'],
  ciso_change: ['people'],
  conclusion: ['actions'],
  credential: ['agents'],
  hook_token: ['agents'],
  delegation: ['people', 'approvals'],
  drill: ['halts'],
  elevation: ['agents', 'approvals'],
  enforcement_point: ['agents'],
  export: [],
  halt: ['halts', 'approvals', 'agents'],
  halt_source: ['halts'],
  identity_provider: [],
  invitation: ['people'],
  leases: [],
  ledger: [],
  legal_hold: [],
  notifications: [],
  on_call: ['people'],
  organisation: ['people'],
  payload: [],
  passkey: ['people'],
  person: ['people', 'agents'],
  resource: ['actions'],
  result: ['actions'],
  retention: [],
  review: ['reviews'],
  rota: ['people'],
  run: ['agents'],
  runner: ['agents'],
  sandbox: ['actions'],
  scrutiny: [],
  sensitivity: [],
  security_event: ['halts'],
  session: ['people'],
  device_login: ['people'],
  signatures: ['people', 'boundaries'],
  stream: ['streams'],
  team: ['people'],
  test_request: ['approvals'],
  token: [],
  verdicts: [],
  tool: ['boundaries'],
  upstream: ['boundaries'],
}

/** What new entries touch: `soon`, what somebody waits for; `traffic`, what agents do all the time, which may gather. */
export type NewTopics = { soon: Set<LiveTopic>; traffic: Set<LiveTopic> }

/** The nouns of which a busy agent writes an entry with every step: no page is read again ten times a second for them. */
const TRAFFIC: ReadonlySet<string> = new Set(['action', 'conclusion', 'result', 'run'])

/**
 * The topics that entries of these kinds touch; the ledger itself always is one, and part of the traffic.
 * @param kinds kinds of entries, `action.decided:hold` for a decision that made somebody's request
 */
export function topicsOfKinds(kinds: readonly string[]): NewTopics {
  const found: NewTopics = { soon: new Set(), traffic: new Set(['ledger']) }
  for (const kind of kinds) {
    const noun = kind.split('.', 1)[0] ?? ''
    const into = TRAFFIC.has(noun) ? found.traffic : found.soon
    for (const topic of topicsOfNoun(noun)) into.add(topic)
    if (kind === 'action.decided:hold') found.soon.add('approvals')
  }
  return found
}

/** The topics of a change the gate made, such as `halt.engage`: told at once, before the log has its entry. */
export function topicsOfChange(change: string): readonly LiveTopic[] {
  return topicsOfNoun(change.split('.', 1)[0] ?? '')
}

function topicsOfNoun(noun: string): readonly LiveTopic[] {
  return Object.hasOwn(TOPICS, noun) ? TOPICS[noun as Noun] : []
}
