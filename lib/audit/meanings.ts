import { likePattern, literalPattern } from '@/lib/audit/pattern'
import type { Meanings } from '@/lib/audit/compile'
import { publicForms } from '@/lib/audit/named-ids'
import { agentsNamed, peopleNamed, toolsNamed, type Named, type Scope } from '@/lib/audit/store-names'
import type { Field, Terms, Value } from '@/lib/audit/term'
import { ENTRY_KINDS } from '@/lib/ledger/entry-kinds'
import type { Sql } from '@/lib/ledger/sql'

/** A name in a query that nothing has, or nothing this person may read about: said, and not answered with an empty list. */
export type UnknownName = { field: Field; value: string; says: string }

export type FoundMeanings = { meanings: Meanings; unknown: readonly UnknownName[] }

/** Finds what the names in a query stand for, each once. People are found by name or e-mail, whether or not they are still here. */
export async function findMeanings(sql: Sql, scope: Scope, terms: Terms): Promise<FoundMeanings> {
  const found = new Map<string, readonly string[]>()
  const unknown: UnknownName[] = []
  for (const term of terms) {
    if (term.type === 'text') continue
    for (const value of term.values) {
      const key = keyOf(term.field, value)
      if (found.has(key)) continue
      const meant = await meaningOf(sql, scope, term.field, value)
      found.set(key, meant ?? [])
      if (meant?.length === 0) unknown.push({ field: term.field, value: textOf(value), says: NOBODY[term.field] ?? '' })
    }
  }
  return { meanings: (field, value) => found.get(keyOf(field, value)) ?? [], unknown }
}

/** Null: the field has no names to find. */
async function meaningOf(sql: Sql, scope: Scope, field: Field, value: Value): Promise<readonly string[] | null> {
  const asked = textOf(value).toLowerCase()
  const pattern = value.is === 'glob' ? likePattern(asked) : literalPattern(asked)
  const ids = (rows: readonly Named[]) => rows.map(({ id }) => id)
  switch (field) {
    case 'agent':
      return ids(await agentsNamed(sql, scope, 'slug', pattern))
    case 'env':
      return ids(await agentsNamed(sql, scope, 'environment', pattern))
    case 'team':
      return ids(await agentsNamed(sql, scope, 'team', pattern))
    case 'owner':
    case 'by': {
      const people = ids(await peopleNamed(sql, pattern))
      // whoever may not read about everybody is not told who has an account: nobody found and nothing found look alike
      return people.length === 0 && scope !== 'everything' ? null : people
    }
    case 'kind':
      return kindsLike(value)
    case 'action': {
      // a tool that is in no catalogue is found by the projection: none known is no problem
      const tools = await toolsNamed(sql, pattern)
      return tools.length === 0 ? null : tools
    }
    case 'run':
      return publicForms(textOf(value), ['run'])
    case 'id':
      return publicForms(textOf(value), ['entry', 'action'])
    default:
      return null
  }
}

const NOBODY: Partial<Record<Field, string>> = {
  agent: 'No agent is called that.',
  env: 'No agent is in that environment.',
  team: 'No agent is of that team.',
  owner: 'Nobody has that name or e-mail.',
  by: 'Nobody has that name or e-mail.',
  kind: 'Nothing of that kind is ever recorded.',
  run: 'A run is named by its id: run_ and 32 digits.',
  id: 'An entry or an action is named by its id: ent_ or act_ and 32 digits.',
}

function kindsLike(value: Value): readonly string[] {
  const asked = textOf(value).toLowerCase()
  if (value.is !== 'glob') return ENTRY_KINDS.filter((kind) => kind === asked)
  const parts = asked.split(/\*+/)
  return ENTRY_KINDS.filter((kind) => matches(kind, parts))
}

/** Whether the parts between the stars stand in a text in their order, the first at its start and the last at its end. */
function matches(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return from <= text.length - last.length
}

const textOf = (value: Value): string => (value.is === 'range' ? String(value.from ?? value.to ?? '') : value.text)
const keyOf = (field: Field, value: Value): string => `${field} ${value.is} ${textOf(value)}`
