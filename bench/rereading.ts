import { percentile, timed, type Figure } from './bench'
import { deciding } from './deciding'
import { parsePublicId } from '@/lib/core/ids'
import { pool } from '@/lib/db/pool'
import { readOwn } from '@/lib/decisions/read-own'
import { ownReader } from '@/lib/decisions/read-own-together'

const ROUNDS = 7
const AT_ONCE = 64
const URL_OF_OURS = new URL('http://localhost:3000')

/**
 * What a thousand waiting agents cost when something wakes them all (a database that came back, a deadline they share): each action read
 * again by itself, as it was, and all of them together, turn by turn in one process on one Postgres.
 */
export function rereading(root: string, count: number): Promise<Figure[]> {
  return deciding(root, async ({ decider, agents }) => {
    const held: { agentId: string; actionId: string }[] = []
    let next = 0
    const worker = async () => {
      for (let i = next++; i < count; i = next++) {
        const agent = agents[i % agents.length]
        if (!agent) throw new Error('there is no agent')
        const decided = await decider.decide(agent.caller, { tool: 'edr.isolate_host', arguments: { host: `h${i}` } })
        if (!('answer' in decided)) throw new Error('it was not decided anew')
        held.push({ agentId: agent.agentId, actionId: parsePublicId('action', decided.answer.id) })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    const now = () => new Date()
    const together = ownReader(pool('app'), () => URL_OF_OURS, now)
    const apart = ({ agentId, actionId }: (typeof held)[number]) =>
      readOwn(pool('app'), URL_OF_OURS, agentId, actionId, now())
    const took = { apart: [] as number[], together: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      took.apart.push(await timed(() => Promise.all(held.map(apart))))
      took.together.push(await timed(() => Promise.all(held.map(together))))
    }
    const [one, all] = [percentile(took.apart, 0.5), percentile(took.together, 0.5)]
    return [
      {
        figure: `${count.toLocaleString('en')} waiting agents woken at once: read together, against one by one`,
        value: all,
        unit: 'ms',
        ceiling: one,
        ratio: all / one,
      },
    ]
  })
}
