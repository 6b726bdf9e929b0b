import type { LiveTopic } from '@/lib/core/live'
import type { EntryKind } from '@/lib/ledger/entry'

type Noun = EntryKind extends `${infer N}.${string}` ? N : never

/** Which pages have something new once entries of a noun are in the log. Closed with the ledger's own list of kinds. */
const TOPICS: Readonly<Record<Noun, readonly LiveTopic[]>> = {
  action: ['actions', 'approvals'],
  agent: ['agents'],
  alert: ['alerts'],
  approval: ['approvals', 'actions', 'boundaries'],
  baseline: ['boundaries'],
  boundary: ['boundaries', 'agents'],
  ciso_change: ['people'],
  conclusion: ['actions'],
  credential: ['agents'],
  elevation: ['agents', 'approvals'],
  export: [],
  halt: ['halts', 'approvals', 'agents'],
  invitation: ['people'],
  ledger: [],
  legal_hold: [],
  on_call: ['people'],
  organisation: ['people'],
  payload: [],
  passkey: ['people'],
  person: ['people', 'agents'],
  resource: ['actions'],
  retention: [],
  run: ['agents'],
  sensitivity: [],
  session: ['people'],
  signatures: ['people', 'boundaries'],
  stream: ['streams'],
  team: ['people'],
  token: [],
  tool: ['boundaries'],
}

/** The topics that entries of these kinds touch; the ledger itself always is one. */
export function topicsOfKinds(kinds: readonly string[]): Set<LiveTopic> {
  const topics = new Set<LiveTopic>(['ledger'])
  for (const kind of kinds) for (const topic of topicsOfNoun(kind.split('.', 1)[0] ?? '')) topics.add(topic)
  return topics
}

/** The topics of a change the gate made, such as `halt.engage`: told at once, before the log has its entry. */
export function topicsOfChange(change: string): readonly LiveTopic[] {
  return topicsOfNoun(change.split('.', 1)[0] ?? '')
}

function topicsOfNoun(noun: string): readonly LiveTopic[] {
  return Object.hasOwn(TOPICS, noun) ? TOPICS[noun as Noun] : []
}
