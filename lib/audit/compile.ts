import { likePattern, wordsQuery } from '@/lib/audit/pattern'
import type { Field, Term, Terms, Value } from '@/lib/audit/term'
import type { SqlValue } from '@/lib/ledger/sql'

/** The placeholders of the ids a statement looks between: `low` included, `high` not. */
export type Bounds = { low: string; high: string }

/** A condition of a statement; `given` answers the placeholder of a value. No value is ever written into the text. */
export type Condition = (given: (value: SqlValue) => string, bounds: Bounds) => string

/**
 * A query in the database's words. `entry` speaks of `e` (ledger.entry), `projection` of `p` (ledger.projection): all of each must
 * hold, and none of `without`, which speaks of `p` too. An entry without a projection meets no `projection` and every `without`.
 */
export type Compiled = { entry: Condition[]; projection: Condition[]; without: Condition[] }

/**
 * What the names in a query stand for, found before it is compiled: ids of agents and people by the value they were asked with, and
 * entry kinds and the catalogue's tools that a pattern covers.
 */
export type Meanings = (field: Field, value: Value) => readonly string[]

/** Compiles terms: AND between them, OR between the values of one. */
export function compile(terms: Terms, meanings: Meanings): Compiled {
  const compiled: Compiled = { entry: [], projection: [], without: [] }
  for (const term of terms) {
    const { on, condition } = conditionOf(term, meanings)
    if (on === 'entry')
      compiled.entry.push(term.negated ? (given, bounds) => `(${condition(given, bounds)}) IS NOT TRUE` : condition)
    else compiled[term.negated ? 'without' : 'projection'].push(condition)
  }
  return compiled
}

type Placed = { on: 'entry' | 'projection'; condition: Condition }

function conditionOf(term: Term, meanings: Meanings): Placed {
  if (term.type === 'text') return { on: 'projection', condition: words(wordsQuery(term.text, false) ?? '') }
  const { field, values } = term
  // No tool of the catalogue is meant: then only what agents called their tools can match, and its own index leads.
  if (field === 'action' && values.every((value) => meanings(field, value).length === 0))
    return {
      on: 'projection',
      condition: (given, bounds) =>
        values.map((value) => `(${like('lower(p.tool)', value)(given, bounds)})`).join(' OR '),
    }
  const parts = values.map((value) => FORMS[field](value, meanings(field, value)))
  return {
    on: ON_PROJECTION.has(field) ? 'projection' : 'entry',
    condition: (given, bounds) => parts.map((part) => `(${part(given, bounds)})`).join(' OR '),
  }
}

const ON_PROJECTION: ReadonlySet<Field> = new Set([
  'requester',
  'resource',
  'signal',
  'intel',
  'skill',
  'confidence',
  'amount',
])

type Form = (value: Value, meant: readonly string[]) => Condition

/** How each field is asked: a closed table, one form a field. */
const FORMS: { readonly [F in Field]: Form } = {
  agent: ids('e.agent_id'),
  env: ids('e.agent_id'),
  team: ids('e.agent_id'),
  by: ids('e.person_id'),
  owner: (_, meant) => marked(meant.map((id) => `owner:${id}`)),
  kind: (_, meant) => oneOf('e.kind', meant),
  outcome: (value) => oneOf('e.outcome', [text(value).toLowerCase()]),
  reason: (value) => oneOf('e.reason_code', [text(value).toLowerCase()]),
  rule: (value) => (value.is === 'exact' ? marked([`rule:${value.text}`]) : markedLike('rule', value)),
  access: (value) => marked([`access:${text(value).toLowerCase()}`]),
  boundary: (value) =>
    value.is === 'range' && value.from !== value.to
      ? within("((convert_from(e.envelope, 'UTF8')::jsonb) #>> '{boundary,version}')::numeric", value)
      : marked([`boundary:${value.is === 'range' ? String(value.from) : value.text}`]),
  label: (value) => (value.is === 'exact' ? marked([`label:${value.text}`]) : markedLike('label', value)),
  run: ids('e.run_id'),
  id: (_, meant) => (given) =>
    meant.map((id) => `e.id = ${given(id)}::uuid OR e.action_id = ${given(id)}::uuid`).join(' OR ') || 'false',
  action: (value, meant) => {
    const known = marked(meant.map((tool) => `tool:${tool.toLowerCase()}`))
    const unknown = like('lower(u.tool)', value)
    // the name of a tool the catalogue does not know is an agent's word, and in the projection alone
    return (given, bounds) =>
      `${known(given, bounds)} OR (${marked(['tool:'])(given, bounds)} AND EXISTS (
        SELECT FROM ledger.projection u WHERE u.entry_id = e.id AND ${unknown(given, bounds)}))`
  },
  requester: (value) => both(prefilter(value), like('lower(p.requester)', value)),
  resource: (value) => {
    const [type, ...rest] = text(value).split('/')
    const whole: Value = { ...value, text: text(value) } as Value
    const id = like('lower(p.resource_id)', whole)
    if (rest.length === 0) return both(prefilter(value), id)
    if (value.is === 'glob') {
      // a star may stand for a slash
      const whole = like("lower(p.resource_type || '/' || p.resource_id)", value)
      return both(prefilter(value), (given, bounds) => `${whole(given, bounds)} OR ${id(given, bounds)}`)
    }
    const typed = like('lower(p.resource_type)', { is: 'exact', text: type ?? '' })
    const named = like('lower(p.resource_id)', { is: 'exact', text: rest.join('/') })
    // an id may hold a slash itself
    return both(
      prefilter(value),
      (given, bounds) => `(${typed(given, bounds)} AND ${named(given, bounds)}) OR ${id(given, bounds)}`,
    )
  },
  signal: (value) => listed('p.signals', value),
  intel: (value) => listed('p.intel', value),
  skill: (value) => both(prefilter(value), like('lower(p.skill)', value)),
  confidence: (value) => within('p.confidence::numeric', value),
  amount: (value) => within('p.amount', value),
}

const text = (value: Value): string => (value.is === 'range' ? String(value.from ?? value.to ?? '') : value.text)

function ids(column: string): Form {
  return (_, meant) => (given) =>
    meant.length === 0
      ? 'false'
      : meant.length === 1
        ? `${column} = ${given(meant[0] ?? '')}::uuid`
        : `${column} = ANY (string_to_array(${given(meant.join(','))}, ',')::uuid[])`
}

const oneOf =
  (column: string, values: readonly string[]): Condition =>
  (given) =>
    values.map((value) => `${column} = ${given(value)}`).join(' OR ') || 'false'

/** Index entry_marks. */
const marked =
  (marks: readonly string[]): Condition =>
  (given) =>
    marks.length === 0
      ? 'false'
      : `ledger.marks(e.envelope) && ARRAY[${marks.map((mark) => `${given(mark)}::text`).join(', ')}]`

const markedLike =
  (noun: string, value: Value): Condition =>
  (given) =>
    `EXISTS (SELECT FROM unnest(ledger.marks(e.envelope)) AS mark WHERE mark LIKE ${given(`${noun}:${likePattern(text(value))}`)})`

const like =
  (column: string, value: Value): Condition =>
  (given) =>
    value.is === 'glob'
      ? `${column} LIKE ${given(likePattern(value.text.toLowerCase()))}`
      : `${column} = ${given(text(value).toLowerCase())}`

const listed = (column: string, value: Value): Condition =>
  both(
    prefilter(value),
    (given, bounds) =>
      `EXISTS (SELECT FROM unnest(${column}) AS said WHERE ${like('lower(said)', value)(given, bounds)})`,
  )

/**
 * Index projection_words: the words a value is sure to hold, so that an exact look is taken at few rows. Null when it holds none. In no
 * order: for that every row's words would be taken anew, and the exact look follows anyway.
 */
function prefilter(value: Value): Condition | null {
  const query = wordsQuery(text(value), value.is === 'glob')
  return query === null ? null : words(query.replaceAll(' <-> ', ' & '))
}

const DOCUMENT =
  'ledger.document(p.tool, p.resource_type, p.resource_id, p.requester, p.sentence, p.signals, p.intel, p.skill)'
const words =
  (query: string): Condition =>
  (given) =>
    `${DOCUMENT} @@ to_tsquery('pg_catalog.simple', ${given(query)})`

const both =
  (first: Condition | null, second: Condition): Condition =>
  (given, bounds) =>
    first === null ? second(given, bounds) : `${first(given, bounds)} AND (${second(given, bounds)})`

const within =
  (column: string, value: Value): Condition =>
  (given) => {
    if (value.is !== 'range') return 'false'
    const edges = [
      value.from !== null && `${column} ${value.fromIncluded ? '>=' : '>'} ${given(String(value.from))}::numeric`,
      value.to !== null && `${column} ${value.toIncluded ? '<=' : '<'} ${given(String(value.to))}::numeric`,
    ].filter((edge) => edge !== false)
    return edges.join(' AND ') || `${column} IS NOT NULL`
  }
