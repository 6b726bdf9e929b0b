import { describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, testPerson } from '@/lib/people/testing'
import { connectUpstream, disconnectUpstream } from './connect'
import { proposeInput } from './contract'
import { proposeUpstream, replaceCredential } from './propose'
import { connectedUpstream, readUpstream } from './read'

const database = await testDatabase()
await testLedger(database)
const [petra, ilse, second, dana] = [
  await testPerson(['administrator'], 'Petra'),
  await testPerson(['ciso'], 'Ilse'),
  await testPerson(['ciso'], 'Second'),
  await testPerson(['analyst'], 'Dana'),
]
let count = 0
const stated = (over: Record<string, unknown> = {}) =>
  proposeInput.parse({
    ...{
      name: `server-${String((count += 1))}`,
      address: 'https://mcp.example.com/mcp',
      header: 'authorization',
      secret: 'Bearer upstream',
    },
    ...{ ownerId: dana.id, reach: 'Orders.', production: 'no', ...over },
  })
const codeOf = (done: Promise<unknown>) =>
  done.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  )

describe('a server that can write to nothing in production', () => {
  it('is connected by whoever proposes it, and its credential is sealed', async () => {
    const { name, connected } = await proposeUpstream(db(), petra, stated(), new Date())
    expect(connected).toBe(true)
    expect(await connectedUpstream(db(), name)).toMatchObject({
      credential: { header: 'authorization', value: 'Bearer upstream' },
    })
    const { rows } = await database.pools.superuser.query<{ secret: Buffer }>(
      'SELECT secret FROM upstream WHERE name = $1',
      [name],
    )
    expect(rows[0]?.secret.toString('latin1')).not.toContain('upstream')
    expect(JSON.stringify(await readUpstream(db(), name))).not.toContain('Bearer')
  })
})

describe.each([
  ['can write to production', { production: 'yes' }],
  ['is trusted', { trusted: true }],
])('a server that %s', (_, over) => {
  it('waits for a ciso who did not propose it, and who read what is connected', async () => {
    const { id, name, connected } = await proposeUpstream(db(), ilse, stated(over), new Date())
    expect(connected).toBe(false)
    expect(await connectedUpstream(db(), name)).toBeNull()
    const { digest } = await readUpstream(db(), name)
    expect(await codeOf(connectUpstream(db(), ilse, id, digest))).toBe('separation_of_duties')
    expect(await codeOf(connectUpstream(db(), petra, id, digest))).toBe('not_permitted')
    expect(await codeOf(connectUpstream(db(), second, id, '00'.repeat(32)))).toBe('digest_mismatch')
    expect(await connectedUpstream(db(), name)).toBeNull()
    await connectUpstream(db(), second, id, digest)
    expect(await connectedUpstream(db(), name)).toMatchObject({ name })
    expect((await entriesOf(database, 'upstream.connected')).at(-1)).toMatchObject({
      actor: `person:${second.id}`,
      labels: ['signed'],
    })
  })
})

describe('a server that is disconnected', () => {
  it('is reached no more, its credential is forgotten, and its name is free', async () => {
    const input = stated()
    const { id, name } = await proposeUpstream(db(), petra, input, new Date())
    expect(await codeOf(proposeUpstream(db(), petra, input, new Date()))).toBe('already_exists')
    await disconnectUpstream(db(), dana, id, 'over')
    expect(await connectedUpstream(db(), name)).toBeNull()
    const { rows } = await database.pools.superuser.query('SELECT secret FROM upstream WHERE id = $1', [id])
    expect(rows).toEqual([{ secret: null }])
    expect(await codeOf(disconnectUpstream(db(), dana, id, 'again'))).toBe('wrong_state')
    expect(await codeOf(proposeUpstream(db(), petra, input, new Date()))).toBe('done')
  })
})

describe('a credential', () => {
  it('is replaced by the next one, in nobody’s sight', async () => {
    const { id, name } = await proposeUpstream(db(), petra, stated(), new Date())
    await transaction((tx) => replaceCredential(tx, petra, id, 'Bearer another'))
    expect(await connectedUpstream(db(), name)).toMatchObject({ credential: { value: 'Bearer another' } })
    for (const entry of await entriesOf(database, 'upstream.rekeyed'))
      expect(JSON.stringify(entry)).not.toContain('another')
  })

  it('is not sent in a header that says how a request is read', () => {
    for (const header of ['host', 'cookie', 'mcp-session-id', 'content-length'])
      expect(() => stated({ header })).toThrow(/cannot be set/)
  })
})

describe('what Postgres holds', () => {
  it('lets the application say neither that a server is connected nor what was signed', async () => {
    const { id } = await proposeUpstream(db(), petra, stated({ production: 'yes' }), new Date())
    for (const set of [
      `state = 'connected'`,
      `production = false`,
      `address = 'https://evil.example'`,
      `connected_by = proposed_by`,
    ])
      await expect(database.pools.app.query(`UPDATE upstream SET ${set} WHERE id = $1`, [id])).rejects.toMatchObject({
        code: '42501',
      })
    await expect(database.pools.app.query('DELETE FROM upstream')).rejects.toMatchObject({ code: '42501' })
  })
})
