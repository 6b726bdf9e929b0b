import { describe, expect, test } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, testOrganisation } from '@/lib/people/testing'
import { editChannel, removeChannel } from './make-channel'
import { noteEnvironment, mailServer } from './mail-server'
import { mailServerForTests, headerOf } from './mail-testing'
import type { CreateChannel } from './notification-contract'
import { addChannel, CONSOLE, plainMail } from './notifications-testing'
import { listChannels } from './read-notifications'
import { httpReceiver } from './receiver-testing'
import { testChannel } from './test-channel'

const database = await testDatabase()
const { pools, db } = database
await testLedger(database)
const administrator = await testOrganisation()
let made = 0
const slack = (url: string, own = false): Extract<CreateChannel, { kind: 'slack' }> => ({
  kind: 'slack',
  name: `Room ${++made}`,
  url,
  team: null,
  kinds: ['request'],
  severity: 'warning',
  private: own,
})
const edit = (id: string, given: Parameters<typeof editChannel>[3]) =>
  transaction((tx) => editChannel(tx, administrator, id, given))

describe('where messages may be sent', () => {
  test.each([
    ['http://hooks.example.com/x', false],
    ['https://127.0.0.1/x', false],
    ['https://10.1.2.3/x', false],
    ['https://[::ffff:10.1.2.3]/x', false],
    ['http://10.1.2.3/x', false],
    ['https://169.254.169.254/latest/meta-data', true],
    ['http://169.254.169.254/latest/meta-data', true],
    ['https://[fe80::1]/x', true],
    ['http://93.184.216.34/x', true],
  ])('%s with private addresses allowed: %s is refused, naming the field', async (url, own) => {
    await expect(addChannel(administrator, slack(url, own))).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'url',
    })
  })

  test('not to this server’s own database, and mail by the same rules', async () => {
    const port = Number(new URL(database.urls.app).port)
    await expect(addChannel(administrator, slack(`http://127.0.0.1:${port}/`, true))).rejects.toMatchObject({
      field: 'url',
    })
    await expect(addChannel(administrator, plainMail(port))).rejects.toMatchObject({ field: 'host' })
    await expect(addChannel(administrator, { ...plainMail(25), private: false })).rejects.toMatchObject({
      field: 'host',
    })
    await expect(addChannel(administrator, { ...plainMail(25), host: '169.254.169.254' })).rejects.toMatchObject({
      field: 'host',
    })
  })

  test('a pager is not told of the plain run of requests', async () => {
    const pager = {
      kind: 'pagerduty',
      name: 'Pager',
      key: 'k',
      url: null,
      team: null,
      kinds: ['request'],
      severity: 'warning',
      private: false,
    } as const
    await expect(addChannel(administrator, { ...pager, kinds: [...pager.kinds] })).rejects.toMatchObject({
      field: 'kinds',
    })
  })
})

describe('a secret', () => {
  test('stays where it is left blank, is not sent to another server than it was given for, and is forgotten with its channel', async () => {
    const receiver = await httpReceiver(() => ({ status: 200 }))
    const other = await httpReceiver(() => ({ status: 200 }))
    const pager = (port: number, key: string | null) =>
      ({
        kind: 'pagerduty',
        name: 'On call',
        key,
        url: `http://127.0.0.1:${port}/v2/enqueue`,
        team: null,
        kinds: ['halt'],
        severity: 'warning',
        private: true,
      }) satisfies Parameters<typeof edit>[1]
    const { id } = await addChannel(administrator, { ...pager(receiver.port, null), key: 'the-routing-key' })
    await edit(id, { ...pager(receiver.port, null), name: 'Night' })
    expect(await testChannel(db, administrator, id, CONSOLE, new Date())).toMatchObject({ ok: true })
    expect(
      receiver.taken.map(({ body }) => JSON.parse(body) as { routing_key: string; event_action: string }),
    ).toMatchObject([
      { routing_key: 'the-routing-key', event_action: 'trigger' },
      { routing_key: 'the-routing-key', event_action: 'resolve' },
    ])
    await expect(edit(id, pager(other.port, null))).rejects.toMatchObject({ field: 'key' })
    expect(other.got).toHaveLength(0)
    expect(JSON.stringify(await listChannels(db, new Date()))).not.toContain('the-routing-key')
    await transaction((tx) => removeChannel(tx, administrator, id))
    const { rows } = await pools.superuser.query<{ secret: Buffer | null; state: string }>(
      'SELECT secret, state FROM channel WHERE id = $1',
      [id],
    )
    expect(rows).toEqual([{ secret: null, state: 'removed' }])
    for (const kind of ['channel.created', 'channel.edited', 'channel.removed', 'channel.tested'])
      expect(await entriesOf(database, kind)).not.toEqual([])
    await Promise.all([receiver.stop(), other.stop()])
  })

  test('a redirect is not followed, so that nothing is led elsewhere', async () => {
    const target = await httpReceiver(() => ({ status: 200 }))
    const receiver = await httpReceiver(() => ({
      status: 307,
      headers: { location: `http://127.0.0.1:${target.port}/` },
    }))
    const { id } = await addChannel(administrator, slack(`http://127.0.0.1:${receiver.port}/`, true))
    expect(await testChannel(db, administrator, id, CONSOLE, new Date())).toMatchObject({
      ok: false,
      says: expect.stringContaining('redirects are not followed') as string,
    })
    expect(target.got).toHaveLength(0)
    await Promise.all([receiver.stop(), target.stop()])
  })
})

describe('the environment', () => {
  test('says how mail leaves before any form does, once however many servers start, and no form changes it', async () => {
    const mailbox = await mailServerForTests({ password: 'kelp' })
    const env = {
      SMTP_URL: `smtp://countersign:kelp@127.0.0.1:${mailbox.port}?tls=none`,
      MAIL_FROM: 'house@quillhaven.example',
    }
    await Promise.all([noteEnvironment(db, env), noteEnvironment(db, env)])
    const server = await mailServer(db, env)
    expect(server).toMatchObject({
      settings: { from: 'house@quillhaven.example', environment: true },
      password: 'kelp',
    })
    expect(await mailServer(db, {})).toBeNull()
    const { rows } = await pools.superuser.query<{ line: string }>(
      "SELECT to_jsonb(c)::text AS line FROM channel c WHERE kind = 'smtp'",
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.line).not.toContain('kelp')
    const id = server?.channelId ?? ''
    await expect(transaction((tx) => removeChannel(tx, administrator, id))).rejects.toMatchObject({
      code: 'wrong_state',
    })
    await expect(edit(id, plainMail(mailbox.port))).rejects.toMatchObject({ code: 'wrong_state' })
    process.env.SMTP_URL = env.SMTP_URL
    process.env.MAIL_FROM = env.MAIL_FROM
    try {
      expect(await testChannel(db, administrator, id, CONSOLE, new Date())).toMatchObject({ ok: true })
    } finally {
      delete process.env.SMTP_URL
      delete process.env.MAIL_FROM
    }
    expect(headerOf(mailbox.got[0]?.raw ?? '', 'from')).toBe('Countersign <house@quillhaven.example>')
    await mailbox.stop()
  })
})
