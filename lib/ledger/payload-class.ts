import type { Entry } from '@/lib/ledger/entry'

/** The classes payloads are kept by; closed, since `retention.applied` names them for as long as the log is read. */
export const PAYLOAD_CLASSES = ['read_actions', 'write_actions', 'conclusions', 'answers', 'administration'] as const
export type PayloadClass = (typeof PAYLOAD_CLASSES)[number]

/** What each holds, for people. */
export const PAYLOAD_CLASS_SAYS: Readonly<Record<PayloadClass, { name: string; says: string }>> = {
  read_actions: { name: 'Reads', says: 'What agents asked of tools that only read.' },
  write_actions: {
    name: 'Writes and results',
    says: 'What agents asked of every other tool, and what came back from any.',
  },
  conclusions: { name: 'Conclusions and runs', says: 'Verdicts an agent reached without a tool, and its runs.' },
  answers: { name: 'People’s answers', says: 'What people wrote when they approved, rejected, halted or read.' },
  administration: { name: 'Everything else', says: 'Agents, boundaries with their signatures, people and settings.' },
}

const NOUNS: Readonly<Record<string, PayloadClass>> = {
  run: 'conclusions',
  conclusion: 'conclusions',
  approval: 'answers',
  halt: 'answers',
  alert: 'answers',
  payload: 'answers',
}

/** The class of an entry's payload, by what its bytes say and nothing else: a verifier decides the same years later. Pure. */
export function payloadClass(entry: Pick<Entry, 'kind' | 'class'>): PayloadClass {
  const noun = entry.kind.slice(0, entry.kind.indexOf('.'))
  if (noun === 'action') return entry.class?.access === 'read' ? 'read_actions' : 'write_actions'
  return NOUNS[noun] ?? 'administration'
}

/** The same in SQL, over an entry `e`; a test holds the two together. */
export const PAYLOAD_CLASS_SQL = `CASE split_part(e.kind, '.', 1)
  WHEN 'action' THEN CASE WHEN convert_from(e.envelope, 'UTF8')::jsonb #>> '{class,access}' = 'read' THEN 'read_actions' ELSE 'write_actions' END
  WHEN 'run' THEN 'conclusions' WHEN 'conclusion' THEN 'conclusions'
  WHEN 'approval' THEN 'answers' WHEN 'halt' THEN 'answers' WHEN 'alert' THEN 'answers' WHEN 'payload' THEN 'answers'
  ELSE 'administration' END`
