import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { CountersignClient } from '@/clients/sdk/client'
import { parsePublicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { askQuestion } from '@/lib/decisions/ask'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'

// What became of what ran, however it ended and whatever it returned; and what an approver asks meanwhile.
const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])
const { clientId, clientSecret, agentId } = await governed(superuser)
const over = new AbortController()
afterAll(() => {
  over.abort()
})
const client = new CountersignClient({ server, clientId, clientSecret, signal: over.signal, patienceSeconds: 0 })

const READ = { tool: 'crm.get_order', arguments: { id: 'A-17' } }
const HOLD = { tool: 'edr.isolate_host', arguments: { host: 'fin-1' } }
const statusOf = async (id: string) =>
  (await superuser.query<{ status: string }>('SELECT status FROM action WHERE id = $1', [parsePublicId('action', id)]))
    .rows[0]?.status
/** What this agent waits for, once it does. */
async function held(): Promise<{ approval_id: string; digest: Buffer }> {
  for (;;) {
    const { rows } = await superuser.query<{ approval_id: string; digest: Buffer }>(
      `SELECT approval_id, digest FROM action WHERE agent_id = $1 AND status = 'held'`,
      [agentId],
    )
    if (rows[0]) return rows[0]
    await sleep(20)
  }
}
const decide = async (answer: 'approve' | 'reject') => {
  const { approval_id, digest } = await held()
  await verdict(approval_id, `sha256:${digest.toString('hex')}`, dana, answer)
}

describe('what ran has an outcome', () => {
  const round: { self?: unknown } = {}
  round.self = round
  it.each<[string, unknown]>([
    ['more than the server takes', 'x'.repeat(300_000)],
    ['what refers to itself', round],
    ['a number beyond JSON', 12n],
    ['a function', () => undefined],
  ])('where it returned %s', async (_, output) => {
    const performed = await client.perform(READ, async () => output)
    expect(performed).toMatchObject({ ran: true, answer: { status: 'succeeded' } })
    expect(performed.unreported).toBeUndefined()
  })

  it('where its error is longer than a book', async () => {
    const performed = await client.perform(READ, async () => Promise.reject(new Error('no '.repeat(20_000))))
    expect(performed).toMatchObject({ ran: true, answer: { status: 'failed' } })
  })

  it('where it threw before there was a promise', async () => {
    const performed = await client.perform(READ, () => {
      throw new Error('at once')
    })
    expect(performed).toMatchObject({ ran: true, answer: { status: 'failed' } })
  })

  it('or says that it ran and could not be told, so that nobody does it again', async () => {
    const lone = new CountersignClient({ server, clientId, clientSecret, patienceSeconds: 0 })
    let ran = 0
    const performed = await lone.perform(READ, async () => {
      ran += 1
      lone.report = async () => {
        // as where the server went away: what is reported below never arrives
        throw Object.assign(new Error('gone'), { name: 'Refusal', code: 'unreachable', status: 0 })
      }
    })
    expect(performed).toMatchObject({ ran: true, unreported: { code: 'unreachable' } })
    expect(ran).toBe(1)
    expect(await statusOf(performed.answer.id)).toBe('allowed')
  })
})

describe('what an approver asks', () => {
  const ask = async () =>
    askQuestion(db(), { approvalId: (await held()).approval_id, actor: dana, text: 'Is it patched?', now: new Date() })

  it('needs no answer where they decided meanwhile: what was approved is done', async () => {
    const performed = client.perform(
      HOLD,
      async () => 'isolated',
      async () => {
        await decide('approve')
        return 'Since yesterday.'
      },
    )
    await ask()
    expect(await performed).toMatchObject({ ran: true, answer: { status: 'succeeded' } })
  })

  it('keeps nobody who thinks for ever from stopping', async () => {
    const stop = new AbortController()
    let asked = () => undefined as void
    const reached = new Promise<void>((resolve) => (asked = resolve))
    const waiting = client.perform(
      HOLD,
      async () => 'isolated',
      () => {
        asked()
        return new Promise<string>(() => undefined)
      },
      stop.signal,
    )
    await ask()
    await reached
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await decide('reject')
  })
})
