import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { CountersignClient } from '@/clients/sdk/client'
import { governedTools } from '@/clients/sdk/openai-agents'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'

// What a framework may do with a tool's parts, on a real server; that the framework itself does it is what examples.db.test.ts shows.
const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])

async function inRun(body: (tools: ReturnType<typeof governedTools>, actions: () => Promise<Row[]>) => Promise<void>) {
  const { agentId, clientId, clientSecret } = await governed(superuser)
  const actions = async () =>
    (await superuser.query<Row>('SELECT status, approval_id, digest FROM action WHERE agent_id = $1', [agentId])).rows
  await new CountersignClient({ server, clientId, clientSecret }).run((run) => body(governedTools(run), actions))
}
type Row = { status: string; approval_id: string; digest: Buffer }
const call = (callId: string) => ({ toolCall: { callId } })

it('a call that was waved through without a person waits for that person, and does not run when they say no', async () => {
  await inRun(async ({ govern }, actions) => {
    let ran = false
    const isolate = govern('edr.isolate_host', async (_: { host: string }) => {
      ran = true
    })
    expect(await isolate.needsApproval({}, { host: 'fin-1' }, 'call_1')).toBe(true)
    // as if somebody had marked the interruption as approved
    const executed = isolate.execute({ host: 'fin-1' }, {}, call('call_1')).catch((error: unknown) => error)
    await sleep(300)
    expect({ ran, waits: (await actions()).map(({ status }) => status) }).toEqual({ ran: false, waits: ['held'] })
    const [held] = await actions()
    await verdict(held?.approval_id ?? '', `sha256:${held?.digest.toString('hex') ?? ''}`, dana, 'reject')
    expect(await executed).toMatchObject({ name: 'NotAllowed' })
    expect(ran).toBe(false)
  })
})

it('a call is one action, asked about and done', async () => {
  await inRun(async ({ govern }, actions) => {
    const read = govern('crm.get_order', async ({ order }: { order: string }) => `read ${order}`)
    expect(await read.needsApproval({}, { order: 'A-17' }, 'call_1')).toBe(false)
    expect(await read.execute({ order: 'A-17' }, {}, call('call_1'))).toBe('read A-17')
    expect(await actions()).toMatchObject([{ status: 'succeeded' }])
    // done once is done: the same call again is not done again
    await expect(read.execute({ order: 'A-17' }, {}, call('call_1'))).rejects.toMatchObject({ code: 'wrong_state' })
  })
})

it('a call in another run is another action, whatever its model calls it', async () => {
  const { agentId, clientId, clientSecret } = await governed(superuser)
  const client = new CountersignClient({ server, clientId, clientSecret })
  for (const order of ['A-17', 'A-18'])
    await client.run(async (run) => {
      const read = governedTools(run).govern('crm.get_order', async (of: { order: string }) => `read ${of.order}`)
      expect(await read.needsApproval({}, { order }, 'call_1')).toBe(false)
      expect(await read.execute({ order }, {}, call('call_1'))).toBe(`read ${order}`)
    })
  expect((await superuser.query('SELECT status FROM action WHERE agent_id = $1', [agentId])).rows).toEqual([
    { status: 'succeeded' },
    { status: 'succeeded' },
  ])
})

it('other arguments than were asked about do not run', async () => {
  await inRun(async ({ govern }) => {
    let ran = false
    const read = govern('crm.get_order', async (_: { order: string }) => {
      ran = true
    })
    await read.needsApproval({}, { order: 'A-17' }, 'call_1')
    await expect(read.execute({ order: 'A-18' }, {}, call('call_1'))).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    })
    expect(ran).toBe(false)
  })
})

it('what is never allowed asks nobody, does not run, and the model is told why', async () => {
  await inRun(async ({ govern }) => {
    const drop = govern('crm.delete_all', async () => expect.fail('it ran'))
    expect(await drop.needsApproval({}, {}, 'call_1')).toBe(false)
    const error: unknown = await drop.execute({}, {}, call('call_1')).catch((each: unknown) => each)
    expect(error).toMatchObject({ name: 'NotAllowed', code: 'never' })
    expect(drop.errorFunction({}, error)).toContain('This did not run. forbidden')
  })
})
