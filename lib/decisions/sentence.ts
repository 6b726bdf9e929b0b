import { CONTINUATION } from '@/lib/tools/continuation'

/**
 * What an agent wants to do, in one sentence, as parts: `text` is ours, `data` is the agent's own (a resource's name, an
 * argument), which screens show apart, with invisible characters spelled out, and never as markup or link (C38).
 */
export type SentencePart = { kind: 'text' | 'data'; text: string }

export type Spoken = {
  agent: string
  /** `server.tool`, or a bare name */
  tool: string
  arguments: Readonly<Record<string, unknown>>
  resource: { type: string; id: string } | null
}

/** Verbs that tools are named after: a name that begins with one reads as what is done. */
const VERBS = new Set(
  `acknowledge activate add allow append apply approve archive assign attach block book build buy call cancel change check clone close
  comment commit compare confirm contain copy create deactivate decline delete deploy detach disable dismiss download drop edit email enable
  enrich enroll escalate exec execute export fetch fill find fork forward freeze generate get grant import insert install invite isolate issue
  kill label link list lock lookup merge mark modify move mute notify open order pause pay post print publish pull purchase push put query
  quarantine read reboot refund register reject release remove rename reopen reply request reschedule reserve reset resolve restart restore resume
  retrieve retry revoke rollback rotate run save scale scan schedule search send set share snooze start stop submit subscribe suspend
  tag terminate test track transfer trigger triage unblock uninstall unisolate unlock unsubscribe update upgrade upload verify view whitelist
  withdraw write`.split(/\s+/),
)

/** Arguments that say what an action is about when no resource does, most telling first. */
const TELLING = [
  'host', 'hostname', 'target', 'to', 'recipient', 'recipients', 'email', 'user', 'username', 'account', 'order', 'ticket', 'case',
  'repo', 'repository', 'branch', 'service', 'channel', 'path', 'file', 'file_path', 'filename', 'url', 'domain', 'ip', 'id', 'name', 'title',
  'subject', 'query', 'q',
] as const // prettier-ignore

const LONGEST = 120

/** The sentence as parts. Total: whatever the arguments hold, it answers something a person can read. */
export function sentence(spoken: Spoken): SentencePart[] {
  const round = Object.hasOwn(spoken.arguments, CONTINUATION) ? spoken.arguments[CONTINUATION] : null
  const parts = firstRound(spoken)
  // ADR 0056: what is answered stands among the arguments
  return typeof round === 'object' && round !== null ? [...parts, text(', with answers to what was asked back')] : parts
}

function firstRound({ agent, tool, arguments: args, resource }: Spoken): SentencePart[] {
  const parts: SentencePart[] = [{ kind: 'text', text: `${agent} wants to ` }]
  const command = own(args, 'command')
  const words = verbFirst(wordsOf(tool))
  const [verb] = words
  const named = verb !== undefined && VERBS.has(verb)
  if (command !== null && (!named || isShell(words))) {
    return [...parts, text('run the command '), data(command), ...about(resource, [], 'on')]
  }
  if (!named) return [...parts, text(`use ${tool}`), ...object(args, resource, [])]
  return [...parts, text(words.join(' ')), ...object(args, resource, words)]
}

/** The sentence as one line of plain text, for lists, search and titles. The data in it is still the agent's own. */
export function sentenceText(parts: readonly SentencePart[]): string {
  return parts.map((part) => part.text).join('')
}

function object(args: Spoken['arguments'], resource: Spoken['resource'], words: readonly string[]): SentencePart[] {
  if (resource !== null) {
    const amount = own(args, 'amount')
    const currency = own(args, 'currency')
    const sum = amount === null ? [] : [text(': '), data(currency === null ? amount : `${amount} ${currency}`)]
    return [...about(resource, words, 'on'), ...sum]
  }
  const telling = TELLING.find((name) => own(args, name) !== null)
  const value = telling === undefined ? null : own(args, telling)
  if (telling === undefined || value === null) return []
  const said = words.includes(telling) || telling === 'id' || telling === 'name' || telling === 'target'
  if (telling === 'to' || telling === 'recipient' || telling === 'recipients') return [text(' to '), data(value)]
  return said ? [text(' '), data(value)] : [text(`, ${telling.replaceAll('_', ' ')} `), data(value)]
}

/** "isolate host" + host fin-lt-0442 → "fin-lt-0442"; "refund request" + order A-17 → "on order A-17". */
function about(resource: Spoken['resource'], words: readonly string[], preposition: string): SentencePart[] {
  if (resource === null) return []
  if (words.at(-1) === resource.type.toLowerCase()) return [text(' '), data(cut(resource.id))]
  return [text(` ${preposition} `), data(cut(resource.type)), text(' '), data(cut(resource.id))]
}

/** The last part of a tool's name as words: `edr.isolateHost` → isolate, host. */
function wordsOf(tool: string): string[] {
  const last = tool.slice(tool.indexOf('.') + 1)
  return last
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}

/** "rollout restart" and "refund request" are said as one would: "restart rollout", "request refund". */
function verbFirst(words: readonly string[]): string[] {
  const last = words.at(-1)
  if (words.length < 2 || last === undefined) return [...words]
  const turned = last === 'request' || (VERBS.has(last) && !VERBS.has(words[0] ?? ''))
  return turned ? [last, ...words.slice(0, -1)] : [...words]
}

const SHELLS = new Set(['bash', 'shell', 'exec', 'execute', 'run', 'command', 'sh', 'terminal'])
function isShell(words: readonly string[]): boolean {
  return words.some((word) => SHELLS.has(word))
}

/** A plain value of the arguments as one line; lists of a few scalars too. Own properties alone. */
function own(args: Spoken['arguments'], name: string): string | null {
  if (!Object.hasOwn(args, name)) return null
  const value = args[name]
  if (typeof value === 'string') return value.trim() === '' ? null : cut(value)
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')) {
    const [first, ...rest] = value
    return cut(rest.length === 0 ? (first ?? '') : `${first ?? ''} and ${rest.length} more`)
  }
  return null
}

function cut(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim()
  const characters = Array.from(line)
  return characters.length <= LONGEST ? line : `${characters.slice(0, LONGEST - 1).join('')}…`
}

const text = (said: string): SentencePart => ({ kind: 'text', text: said })
const data = (said: string): SentencePart => ({ kind: 'data', text: said })
