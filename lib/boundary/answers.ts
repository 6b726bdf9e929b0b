import { stakesOf, type CatalogueTool } from '@/lib/tools/tool'
import { type Boundary, COMMAND_LISTS, type Surfaces } from './boundary'

/** One line of "what it may do where", for the table on an agent's page. */
export type AnswerRow = {
  key: string
  /** a server, or a tool where a rule names one */
  subject: string
  /** how the document says it: `read, write`, `named`, `command`, `approval_required[1]` */
  scope: string
  /** known tools it reaches, by their bare names */
  reaches: readonly string[]
  when: string | null
  answer: 'allow' | 'hold' | 'forbid'
  /** what qualifies the answer, in a few words */
  but: string | null
}

/** What a boundary answers: its scopes first, then what it names, strictest last (as people read a permission). */
export function answersOf(boundary: Boundary, catalogue: readonly CatalogueTool[]): AnswerRow[] {
  return [
    ...Object.entries(boundary.mcp_scopes).map(([server, access]) => scopeRow(server, access, catalogue)),
    ...boundary.autonomous.map((rule, at): AnswerRow => {
      const known = catalogue.find(({ name }) => name === rule.tool)
      const held = rule.override === null && known?.class != null && stakesOf(known.class).length > 0
      return {
        key: `autonomous[${at}]`,
        subject: rule.tool,
        scope: 'named',
        reaches: [],
        when: rule.when,
        answer: held ? 'hold' : 'allow',
        but: rule.override === null ? (held ? 'its class calls for a person' : null) : 'override',
      }
    }),
    ...boundary.approval_required.map((rule, at) => named(rule, `approval_required[${at}]`, 'hold')),
    ...boundary.never.map((rule, at) => named(rule, `never[${at}]`, 'forbid')),
    ...surfaceRows(boundary, 'commands', 'command', 'any other command'),
    ...surfaceRows(boundary, 'code', 'file', 'any other file'),
    ...surfaceRows(boundary, 'data', 'data', 'any other file read'),
    ...(boundary.protected ?? []).map((entry, at): AnswerRow => ({
      key: `protected[${at}]`,
      subject: entry,
      scope: 'protected',
      reaches: [],
      when: null,
      answer: 'hold',
      but: 'every change of it',
    })),
  ]
}

const LIST_ANSWERS = { autonomous: 'allow', approval_required: 'hold', never: 'forbid' } as const

/** The entries of one surface, and what becomes of what is not listed. */
function surfaceRows({ surfaces }: Boundary, name: keyof Surfaces, scope: string, rest: string): AnswerRow[] {
  const lists = surfaces?.[name] ?? null
  if (lists === null) return []
  const row = (key: string, subject: string, answer: AnswerRow['answer']): AnswerRow => ({
    key,
    subject,
    scope,
    reaches: [],
    when: null,
    answer,
    but: null,
  })
  return [
    ...COMMAND_LISTS.flatMap((list) =>
      lists[list].map((entry, at) => row(`surfaces.${name}.${list}[${at}]`, entry, LIST_ANSWERS[list])),
    ),
    row(`surfaces.${name}`, rest, 'hold'),
  ]
}

function scopeRow(server: string, access: readonly string[], catalogue: readonly CatalogueTool[]): AnswerRow {
  const known = catalogue.filter(({ name }) => name.startsWith(`${server}.`))
  const reached = known.filter((tool) => tool.class === null || access.includes(tool.class.access))
  const asks = reached.filter((tool) => tool.class === null || stakesOf(tool.class).length > 0)
  return {
    key: `mcp_scopes.${server}`,
    subject: server,
    scope: access.join(', '),
    reaches: reached.map(({ name }) => name.slice(server.length + 1)),
    when: null,
    answer: 'allow',
    but: asks.length > 0 ? `${asks.length} of ${reached.length} ask a person` : null,
  }
}

function named(rule: { tool: string; when: string | null }, key: string, answer: 'hold' | 'forbid'): AnswerRow {
  return { key, subject: rule.tool, scope: 'named', reaches: [], when: rule.when, answer, but: null }
}
