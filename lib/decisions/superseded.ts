import { canonicalBytes } from '@/lib/core/canonical'
import type { JsonValue } from '@/lib/core/json'
import type { Attributes } from './contract'
import type { Change } from './superseded-words'

/** What is compared of two requests; `boundary` and `baseline` are digests. */
export type Compared = {
  tool: string
  arguments: JsonValue
  resource: JsonValue
  requester: { type: string; id: string } | null
  attributes?: Attributes
  boundary: string | null
  baseline: string | null
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
  const about = ({ resource, attributes }: Compared): JsonValue => [resource, attributes ?? null]
  if (!same(about(before), about(after))) found.push('resource')
  if (!same(who(before), who(after))) found.push('requester')
  if (before.boundary !== after.boundary) found.push('boundary')
  if (before.baseline !== after.baseline) found.push('baseline')
  if (!same(why(before), why(after))) found.push('holds')
  return found.length === 0 ? ['untrusted'] : found
}
