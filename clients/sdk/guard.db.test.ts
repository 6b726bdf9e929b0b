import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { CountersignClient } from '@/clients/sdk/client'
import { guard, type NotAllowed } from '@/clients/sdk/guard'
import { parsePublicId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
import { testPerson } from '@/lib/people/testing'

const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])
const over = new AbortController()
afterAll(() => {
  over.abort()
})

const agent = await governed(superuser)
const { clientId, clientSecret } = agent
const client = new CountersignClient({ server, clientId, clientSecret, signal: over.signal })

/** What waits of a tool, once something does. */
async function waiting(tool: string): Promise<{ approval_id: string; digest: Buffer }> {
  for (;;) {
    const { rows } = await superuser.query<{ approval_id: string; digest: Buffer }>(
      `SELECT a.approval_id, a.digest FROM action a JOIN ledger.projection p ON p.entry_id = a.id WHERE a.status = 'held' AND p.tool = $1`,
      [tool],
    )
    if (rows[0]) return rows[0]
    await sleep(20)
  }
}
const statusOf = async (id: string) =>
  (await superuser.query<{ status: string }>('SELECT status FROM action WHERE id = $1', [parsePublicId('action', id)]))
    .rows[0]?.status

describe('a guarded function', () => {
  it('runs under a grant, with what it returned recorded as its outcome', async () => {
    let id = ''
    const read = guard(client, 'crm.get_order', async ({ order }: { order: string }, { answer }) => {
      id = answer.id
      return { order, total: 12 }
    })
    expect(await read({ order: 'A-17' })).toEqual({ order: 'A-17', total: 12 })
    expect(await statusOf(id)).toBe('succeeded')
  })

  it('does not run what is never allowed, and says why', async () => {
    let ran = false
    const drop = guard(client, 'crm.delete_all', async () => {
      ran = true
    })
    await expect(drop({})).rejects.toMatchObject({ name: 'NotAllowed', code: 'never' } satisfies Partial<NotAllowed>)
    expect(ran).toBe(false)
  })

  it('waits for a person, and throws what the function threw once its failure is recorded', async () => {
    let id = ''
    const isolate = guard(client, 'edr.isolate_host', async (_: { host: string }, { answer }) => {
      id = answer.id
      throw new TypeError('no such host')
    })
    const ended = isolate({ host: 'fin-1' }).catch((error: unknown) => error)
    const { approval_id, digest } = await waiting('edr.isolate_host')
    await verdict(approval_id, `sha256:${digest.toString('hex')}`, dana, 'approve')
    expect(await ended).toEqual(new TypeError('no such host'))
    expect(await statusOf(id)).toBe('failed')
  })

  it('is aborted by a halt, and that it was aborted is recorded', async () => {
    let id = ''
    const long = guard(client, 'crm.get_order', async (_: { order: string }, { answer, signal }) => {
      id = answer.id
      await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
      await sleep(60_000, undefined, { signal })
    })
    await expect(long({ order: 'A-18' })).rejects.toMatchObject({ name: 'RunStopped', kind: 'halted' })
    expect(await statusOf(id)).toBe('aborted')
  })
})
