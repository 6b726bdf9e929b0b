import { literalPattern } from '@/lib/audit/pattern'
import { scopeOf } from '@/lib/audit/rows'
import { inView } from '@/lib/audit/search'
import { agentsNamed, namesLike, peopleNamed, toolsNamed } from '@/lib/audit/store-names'
import { findIds, seenIn, type SeenField } from '@/lib/audit/store-search'
import type { Field, Range } from '@/lib/audit/term'
import { OUTCOMES } from '@/lib/ledger/entry'
import { ENTRY_KINDS } from '@/lib/ledger/entry-kinds'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { REASONS } from '@/lib/decisions/decision'

/** How many values are offered, and among how many of the newest entries of the range those an agent said are looked for. */
const OFFERED = 12
const AMONG = 2_000

const CLOSED: Partial<Record<Field, readonly string[]>> = {
  kind: ENTRY_KINDS,
  outcome: OUTCOMES,
  reason: Object.keys(REASONS),
  access: ['read', 'write'],
}

/**
 * Values that a field has, those that begin as asked: what the bar offers while somebody types. Names come from the registry, closed
 * words from their lists, and what agents said from the newest entries of the range: hostile text. @throws Fault `too_slow`
 */
export async function seenValues(
  actor: Actor,
  field: Field,
  beginning: string,
  range: Range,
): Promise<readonly { value: string; label: string | null }[]> {
  const begin = beginning.toLowerCase()
  const closed = CLOSED[field]
  if (closed) return plain(closed.filter((word) => word.startsWith(begin)).slice(0, OFFERED))
  const answer = await inView(actor, { terms: [], range }, async (sql, compiled, span) => {
    const named = await fromRegistry(sql, actor, field, `${literalPattern(begin)}%`)
    if (named !== null) return named
    const seen = seenField(field)
    if (seen === null) return []
    const newest = await findIds(sql, compiled, span, { limit: AMONG, oldestFirst: false })
    // what is read only with a purpose is offered to nobody who has not said one
    const hidden = await purposeNeeded(sql, actor, newest)
    const ids = newest.filter((id) => !hidden.has(id))
    return plain(await seenIn(sql, ids, seen, `${literalPattern(begin)}%`, OFFERED))
  })
  return answer.ok ? answer.found : []
}

const plain = (values: readonly string[]) => values.map((value) => ({ value, label: null }))

const seenField = (field: Field): SeenField | null =>
  ['resource', 'requester', 'skill', 'signal', 'intel', 'rule', 'label'].includes(field) ? (field as SeenField) : null

async function fromRegistry(sql: Sql, actor: Actor, field: Field, pattern: string) {
  const scope = scopeOf(actor)
  switch (field) {
    case 'agent':
      return plain((await agentsNamed(sql, scope, 'slug', pattern)).slice(0, OFFERED).map(({ name }) => name))
    case 'env':
    case 'team':
      return plain((await namesLike(sql, scope, field, pattern)).slice(0, OFFERED))
    case 'owner':
    case 'by': {
      const people = scope === 'everything' ? await peopleNamed(sql, pattern) : []
      return people.slice(0, OFFERED).map(({ name, email }) => ({ value: email, label: name }))
    }
    case 'action':
      return scope === 'everything' ? plain((await toolsNamed(sql, pattern)).slice(0, OFFERED)) : null
    default:
      return null
  }
}
