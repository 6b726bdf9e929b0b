import { canonicalBytes } from '@/lib/core/canonical'
import type { JsonValue } from '@/lib/core/json'

/** What can change about a request so that another takes its place: closed, in the order it is told. */
export const CHANGES = {
  tool: 'another tool',
  arguments: 'other arguments',
  resource: 'another resource',
  requester: 'another requester',
  boundary: 'another version of the boundary is in force',
  holds: 'it is held by other rules now',
  untrusted: 'it comes with content nobody vouches for',
  edited: 'a person edited it',
  gate: 'the gate’s second look found something new',
  stopped: 'a halt, a suspension or a new signature came after the verdict',
} as const
export type Change = keyof typeof CHANGES

/** What is compared of two requests; `boundary` is its digest. */
export type Compared = {
  tool: string
  arguments: JsonValue
  resource: JsonValue
  requester: { type: string; id: string } | null
  boundary: string | null
  reasons: readonly { code: string; rule: string | null }[]
}

/** What a later request of the same agent has that the earlier had not; what is alike in all of these differs in what nobody vouches for. */
export function changesFrom(before: Compared, after: Compared): Change[] {
  const same = (a: JsonValue, b: JsonValue) => canonicalBytes(a).equals(canonicalBytes(b))
  const who = ({ requester }: Compared) => requester && { type: requester.type, id: requester.id }
  const why = ({ reasons }: Compared) => reasons.map(({ code, rule }) => [code, rule])
  const found: Change[] = []
  if (before.tool !== after.tool) found.push('tool')
  if (!same(before.arguments, after.arguments)) found.push('arguments')
  if (!same(before.resource, after.resource)) found.push('resource')
  if (!same(who(before), who(after))) found.push('requester')
  if (before.boundary !== after.boundary) found.push('boundary')
  if (!same(why(before), why(after))) found.push('holds')
  return found.length === 0 ? ['untrusted'] : found
}

/** What changed, as a sentence without its full stop; what this version does not know is named as it was written. */
export function changeWords(changed: readonly string[]): string {
  const words = changed.map((one) => (Object.hasOwn(CHANGES, one) ? CHANGES[one as Change] : one))
  if (words.length === 0) return 'what it was about changed'
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
