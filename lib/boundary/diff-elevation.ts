import { askedWords } from '@/lib/approvals/asked'
import { ACCESSES } from '@/lib/tools/tool'
import type { Boundary, Elevation } from './boundary'
import type { Change, Direction } from './change'
import { durationWords } from './duration'

const NONE: Elevation = { mcp_scopes: {}, tools: [], longest: 0, granted_by: [] }
const base = { section: 'elevation', when: null, said: null, override: false } as const

/**
 * What changes about the ceiling of elevations (C07). More under it, for longer, or more people who grant is wider; less of each is
 * narrower, at once: a grant never reaches beyond the ceiling in force.
 */
export function elevationChanges(before: Boundary, after: Boundary): Change[] {
  const [from, to] = [before.elevation ?? NONE, after.elevation ?? NONE]
  return [...scopes(from, to), ...tools(from, to), ...longest(from, to), ...granters(from, to)]
}

function scopes(from: Elevation, to: Elevation): Change[] {
  const servers = [...new Set([...Object.keys(to.mcp_scopes), ...Object.keys(from.mcp_scopes)])]
  return servers.flatMap((server) =>
    ACCESSES.flatMap((access): Change[] => {
      const had = from.mcp_scopes[server]?.includes(access) ?? false
      const has = to.mcp_scopes[server]?.includes(access) ?? false
      if (had === has) return []
      return [grantable(`${access} at ${server}`, server, has)]
    }),
  )
}

function tools(from: Elevation, to: Elevation): Change[] {
  const key = ({ tool, when, override }: Elevation['tools'][number]) => JSON.stringify([tool, when, override !== null])
  const [had, has] = [new Set(from.tools.map(key)), new Set(to.tools.map(key))]
  const one = (rule: Elevation['tools'][number], added: boolean): Change => ({
    ...grantable(
      `${rule.tool}${rule.when === null ? '' : ', under a condition'}${rule.override === null ? '' : ', although its class calls for a person'}`,
      rule.tool,
      added,
    ),
    when: rule.when,
    said: added ? (rule.override ?? rule.reason) : null,
    override: added && rule.override !== null,
  })
  return [
    ...to.tools.filter((rule) => !had.has(key(rule))).map((rule) => one(rule, true)),
    ...from.tools.filter((rule) => !has.has(key(rule))).map((rule) => one(rule, false)),
  ]
}

const grantable = (what: string, subject: string, added: boolean): Change => ({
  ...base,
  direction: added ? 'wider' : 'narrower',
  subject,
  before: added ? null : 'May be granted for a while',
  after: added ? 'May be granted for a while' : null,
  sentence: [{ strong: `${what} may ${added ? '' : 'no longer '}be granted for a while` }, '.'],
})

function longest(from: Elevation, to: Elevation): Change[] {
  if (from.longest === to.longest || from.longest === 0 || to.longest === 0) return []
  return [
    {
      ...base,
      direction: to.longest > from.longest ? 'wider' : 'narrower',
      subject: 'longest',
      before: durationWords(from.longest),
      after: durationWords(to.longest),
      sentence: [
        'An elevation lasts at most ',
        { strong: durationWords(to.longest) },
        `, was ${durationWords(from.longest)}.`,
      ],
    },
  ]
}

function granters(from: Elevation, to: Elevation): Change[] {
  const [had, has] = [from.granted_by, to.granted_by]
  if (had.length === 0 || has.length === 0) return []
  if (had.length === has.length && had.every((one) => has.includes(one))) return []
  const direction: Direction = has.every((one) => had.includes(one)) ? 'narrower' : 'wider'
  return [
    {
      ...base,
      direction,
      subject: 'granted_by',
      before: askedWords(had),
      after: askedWords(has),
      sentence: ['An elevation is granted by ', { strong: askedWords(has) }, `, was ${askedWords(had)}.`],
    },
  ]
}
