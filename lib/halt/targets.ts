import { ENVIRONMENTS } from '@/lib/agents/agent'
import { fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import type { HaltScope } from './halt'
import { findRunSubject, findSubject, findTeam, knowsServer, knowsTool } from './store'

/** What a halt is of, by the name people use: a slug, a team's name, `run_…`, `server.tool`. */
export type Named = {
  environment?: string | undefined
  team?: string | undefined
  agent?: string | undefined
  run?: string | undefined
  server?: string | undefined
  tool?: string | undefined
}

/**
 * What a halt names in its row, and what its entry says of that: bare ids. `word` is a label of the entry: the environment, which names
 * nobody and nothing that an agent wrote.
 */
export type Target = {
  target: string
  agent: string | null
  owner: string | null
  run: string | null
  word: string | null
}

const nobody = { agent: null, owner: null, run: null, word: null }

/** How each scope finds what it stops. @throws Fault `not_found` naming its field */
export const TARGETS: Record<HaltScope, (sql: Sql, named: Named) => Promise<Target>> = {
  organisation: () => Promise.resolve({ ...nobody, target: '' }),
  environment: (_, { environment = '' }) => {
    if (!ENVIRONMENTS.some((each) => each === environment)) throw unknown('environment')
    return Promise.resolve({ ...nobody, target: environment, word: environment })
  },
  team: async (sql, { team = '' }) => {
    const id = await findTeam(sql, team)
    if (id === null) throw unknown('team')
    return { ...nobody, target: id }
  },
  agent: async (sql, { agent = '' }) => {
    const subject = await findSubject(sql, { slug: agent })
    if (subject === null) throw unknown('agent')
    return { ...nobody, target: subject.id, agent: subject.id, owner: subject.owner_id }
  },
  run: async (sql, { run = '' }) => {
    const id = parsePublicId('run', run, 'run')
    const subject = await findRunSubject(sql, id)
    if (subject === null) throw unknown('run')
    return { ...nobody, target: id, agent: subject.id, owner: subject.owner_id, run: id }
  },
  server: async (sql, { server = '' }) => {
    if (!(await knowsServer(sql, server))) throw unknown('server')
    return { ...nobody, target: server }
  },
  tool: async (sql, { tool = '' }) => {
    if (!(await knowsTool(sql, tool))) throw unknown('tool')
    return { ...nobody, target: tool }
  },
}

function unknown(field: keyof Named) {
  return fault('not_found', { field, detail: `There is no such ${field}.` })
}
