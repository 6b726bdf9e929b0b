/**
 * The words of the audit's one bar: `agent:soc-triage outcome:forbid action:edr.* -env:test amount:>1000 "isolated host"`.
 * Terms are joined by AND, the values of one term by OR; time is never a term: it is the range beside the bar.
 */

/** How a field's values look, and so which forms they can take. */
export type FieldForm =
  /** a word of a closed list; no globs */
  | 'choice'
  /** a name or an id people know; `*` stands for anything */
  | 'name'
  /** `>1000`, `>=`, `<`, `<=`, `100..200`, or a number alone */
  | 'number'

/** One field people can ask for. */
export type FieldShape = {
  form: FieldForm
  /** what it is, in the words completion shows */
  says: string
}

/** Every field of the bar, a closed table: the parser, completion, the facets and the search read it. */
export const FIELDS = {
  agent: { form: 'name', says: 'the agent, by its slug' },
  owner: { form: 'name', says: 'who answered for the agent at that time, by name or e-mail' },
  by: { form: 'name', says: 'the person who did it, by name or e-mail' },
  requester: { form: 'name', says: 'on whose request the agent acted' },
  kind: { form: 'name', says: 'what happened: action.decided, halt.engaged, boundary.*' },
  outcome: { form: 'choice', says: 'allow, hold, forbid, approved, rejected, …' },
  reason: { form: 'choice', says: 'the code of the reason: never, out_of_scope, …' },
  rule: { form: 'name', says: 'the rule of the boundary: never[0]' },
  action: { form: 'name', says: 'the tool: edr.isolate_host, edr.*' },
  access: { form: 'choice', says: 'read or write' },
  resource: { form: 'name', says: 'what it was about, as type/id: host/*, or the id alone' },
  env: { form: 'choice', says: 'the agent’s environment' },
  team: { form: 'name', says: 'the agent’s team' },
  run: { form: 'name', says: 'the run, by its id' },
  boundary: { form: 'number', says: 'the version of the boundary' },
  signal: { form: 'name', says: 'a signal the agent weighed' },
  intel: { form: 'name', says: 'intelligence the agent pulled' },
  skill: { form: 'name', says: 'the skill that fired' },
  confidence: { form: 'number', says: 'how sure the agent said it was, 0 to 1' },
  amount: { form: 'number', says: 'the argument called amount' },
  label: { form: 'name', says: 'a word of ours that qualifies it: late, untrusted_content, …' },
  id: { form: 'name', says: 'an entry or an action, by its id' },
} as const satisfies Record<string, FieldShape>
export type Field = keyof typeof FIELDS

/** One value of a term. `glob` holds at least one `*`; a `*` between quotes is itself, and then the value is `exact`. */
export type Value =
  | { is: 'exact'; text: string }
  | { is: 'glob'; text: string }
  | { is: 'range'; from: number | null; to: number | null; fromIncluded: boolean; toIncluded: boolean }

/** One condition. Text is searched in what lists show of an entry: the tool, the resource, the requester, the sentence, the reasoning's fields. */
export type Term =
  | { type: 'field'; field: Field; negated: boolean; values: readonly [Value, ...Value[]] }
  | { type: 'text'; negated: boolean; text: string }

/** What the bar says. Without terms: everything. */
export type Terms = readonly Term[]

/**
 * A place in the bar's text that cannot be read: `[at, at + length)` in UTF-16 units, and what to do about it. `instead` is what
 * could stand there, where one thing is likely meant: it is offered, never taken.
 */
export type TermProblem = { at: number; length: number; says: string; instead?: string }

/** How a bar's text reads: all of it or nothing. Nothing is ever dropped or guessed. */
export type ReadTerms = { ok: true; terms: Terms } | { ok: false; problems: readonly [TermProblem, ...TermProblem[]] }

/** The stretch of time a view shows: always bounded, `from` included, `to` not. */
export type Range = { from: Date; to: Date }
