import { describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { testDatabase } from '@/lib/db/testing'
import { HaltHub, MOST_STREAMS } from './hub'

const { pools } = await testDatabase()

describe('the streams of halts', () => {
  it('of one agent are so many at most: the oldest are let go, and nobody else’s', async () => {
    const hub = new HaltHub(pools.app, (error) => {
      throw error
    })
    const [greedy, other] = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const ended: string[] = []
    const join = (agentId: string, name: string) =>
      hub.join(
        agentId,
        null,
        () => undefined,
        () => void ended.push(name),
      )
    await join(other.agentId, 'other')
    for (let at = 0; at < MOST_STREAMS + 3; at++) await join(greedy.agentId, `greedy ${at}`)
    expect(ended).toEqual(['greedy 0', 'greedy 1', 'greedy 2'])
    expect(hub.size).toBe(MOST_STREAMS + 1)
    hub.close()
  })
})
