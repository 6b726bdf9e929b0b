import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { samplePerson } from '@/lib/agents/testing'
import { isFault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import { databaseUnreachable } from '@/lib/db/unreachable'
import { HALT_SCOPES, type HaltScope } from '@/lib/halt/halt'
import { engage } from '@/lib/halt/engage'
import type { Named } from '@/lib/halt/targets'
import { openRun } from '@/lib/runs/open'
import type { Proposal } from './contract'
import { Decider } from './decide'
import { governed, sampleBoundary, sampleTool, type Governed } from './governed-testing'
import { introspect } from './introspect'

/** Races of a halt against deciders on two replicas. Not for the product. */

/** What one decider asks for, again and again. */
type Asking = {
  agent: Governed
  team: string
  environment: string
  run: string
  inRun: boolean
  server: string
  tool: string
}

/** What one decision or use of a grant came to. `after`: it was asked for after the halt had returned. */
type Seen = { covered: boolean; after: boolean; said: string }

/** What a race came to: allows and uses of grants in the halt's scope, as committed when it returned and when all was over. */
export type Race = { scope: HaltScope; returned: Counts; over: Counts; seen: Seen[] }
type Counts = { allowed: number; used: number }

export type Racing = { race: (n: number, deciders: number) => Promise<Race>; end: () => Promise<void> }

/** Two replicas (a pool and a memory each), and agents in two teams and environments with two servers to call. */
export async function racing({ pools, urls }: TestDatabase): Promise<Racing> {
  const replicas = [0, 1].map(() => new pg.Pool({ connectionString: urls.app, max: 8 }))
  const publicUrl = () => new URL('http://localhost:3000')
  const deciders = replicas.map((connections) => new Decider({ connections, publicUrl }))
  const by = await samplePerson(pools.superuser, ['analyst'])
  await sampleTool(pools.superuser, 'kb.search', 'read')
  const askings = (await Promise.all([0, 1, 2, 3].map((n) => askingsOf(pools.superuser, n)))).flat()
  await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')

  async function race(n: number, many: number): Promise<Race> {
    const scope = HALT_SCOPES[n % HALT_SCOPES.length] ?? 'organisation'
    const aims = scope === 'run' ? askings.filter(({ inRun }) => inRun) : askings
    const aim = aims[(n * 5) % aims.length] ?? fail()
    const since = newId(Date.now() - 1)
    const seen: Seen[] = []
    let over = false
    const deciding = Array.from({ length: many }, async (_, i) => {
      const asking = i === 0 ? aim : (askings[(i + n) % askings.length] ?? fail())
      const covered = covers(scope, aim, asking)
      // until the halt has been seen by each
      for (let turn = 0; ; turn++) {
        const after = over
        const { said, token, proposal } = await ask(deciders[i % 2] ?? fail(), asking, n, turn)
        seen.push({ covered, after, said })
        if (token !== null && turn % 2 === 0) {
          const late = over
          const used = await use(replicas[(i + 1) % 2] ?? fail(), asking, token, proposal)
          seen.push({ covered, after: late, said: used })
        }
        if (after) return
      }
    })
    // deciding goes on by now, and the halt comes a little later each time
    while (!seen.some(({ covered, said }) => covered && said === 'allow')) await sleep(1)
    await sleep(Math.floor(n / HALT_SCOPES.length) % 7)
    const { id } = await engage({ scope, ...namedBy(scope, aim), reason: '', by, now: new Date() })
    // what has committed by now, as anybody may see it
    const returned = await committed(pools.superuser, id, since)
    over = true
    await Promise.all(deciding)
    const all = await committed(pools.superuser, id, since)
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [id])
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    return { scope, returned, over: all, seen }
  }

  const end = async () => {
    for (const each of replicas) await each.end()
  }
  return { race, end }
}

async function askingsOf(superuser: pg.Pool, n: number): Promise<Asking[]> {
  const boundary = sampleBoundary({ mcp_scopes: { crm: ['read', 'write'], kb: ['read'] } })
  const agent = await governed(superuser, boundary)
  const environment = n < 2 ? 'production' : 'staging'
  await superuser.query('UPDATE agent SET environment = $2 WHERE id = $1', [agent.agentId, environment])
  const { rows } = await superuser.query<{ name: string }>('SELECT name FROM team WHERE id = $1', [agent.teamId])
  const run = await transaction((tx) => openRun(tx, agent.agentId, { lease_seconds: 3_600 }, new Date()))
  const of = (tool: string, inRun: boolean): Asking => ({
    agent,
    team: rows[0]?.name ?? '',
    environment,
    run: publicId('run', run.id),
    inRun,
    server: tool.slice(0, tool.indexOf('.')),
    tool,
  })
  return [of('crm.get_order', true), of('crm.get_order', false), of('kb.search', true), of('kb.search', false)]
}

function namedBy(scope: HaltScope, { agent, team, environment, run, server, tool }: Asking): Named {
  const names: Named = { agent: agent.slug, team, environment, run, server, tool }
  return scope === 'organisation' ? {} : { [scope]: names[scope] }
}

/** Whether a halt of this scope, of what one asks, covers what another asks. */
function covers(scope: HaltScope, aim: Asking, asking: Asking): boolean {
  switch (scope) {
    case 'organisation':
      return true
    case 'agent':
      return aim.agent === asking.agent
    case 'run':
      return asking.inRun && aim.run === asking.run
    case 'team':
    case 'environment':
    case 'server':
    case 'tool':
      return aim[scope] === asking[scope]
  }
}

async function ask(decider: Decider, { agent, run, inRun, tool }: Asking, race: number, turn: number) {
  const proposal: Proposal = { tool, arguments: { race, turn }, ...(inRun && { run: { id: run } }) }
  try {
    const decided = await decider.decide(agent.caller, proposal)
    if (!('answer' in decided)) throw new Error('it was asked for before')
    const { decision, reason, grant } = decided.answer
    return { said: decision === 'allow' ? 'allow' : reason.code, token: grant?.token ?? null, proposal }
  } catch (error) {
    // refused rather than recorded is no allow either
    if (!isFault(error) || error.code !== 'cannot_record') throw error
    return { said: error.code, token: null, proposal }
  }
}

async function use(connections: pg.Pool, { agent, tool }: Asking, token: string, { arguments: args }: Proposal) {
  const answer = await introspect(connections, { token, agent: agent.slug, tool, arguments: args }).catch(cutOff)
  if (answer === null) return 'not used: cut off'
  return answer.active ? 'used' : `not used: ${answer.reason}`
}

/** Null for a use whose connection a halt ended because it waited for it for too long. @throws what else it failed of */
export function cutOff(error: unknown): null {
  if (!databaseUnreachable(error)) throw error
  return null
}

async function committed(superuser: pg.Pool, haltId: string, since: string): Promise<Counts> {
  const { rows } = await superuser.query<Counts>(
    `SELECT count(*) FILTER (WHERE a.decision = 'allow')::int AS allowed, count(*) FILTER (WHERE a.grant_used_at IS NOT NULL)::int AS used
       FROM halt h, action a JOIN agent g ON g.id = a.agent_id JOIN ledger.projection j ON j.entry_id = a.id
      WHERE h.id = $1 AND a.id > $2 AND CASE h.scope WHEN 'organisation' THEN true WHEN 'environment' THEN g.environment = h.target
        WHEN 'team' THEN g.team_id::text = h.target WHEN 'agent' THEN g.id::text = h.target WHEN 'run' THEN a.run_id::text = h.target
        WHEN 'tool' THEN j.tool = h.target WHEN 'server' THEN split_part(j.tool, '.', 1) = h.target END`,
    [haltId, since],
  )
  return rows[0] ?? fail()
}

function fail(): never {
  throw new Error('there is none')
}
