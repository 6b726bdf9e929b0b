import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, test } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { consume } from '@/lib/ledger/tail'
import { testLedger } from '@/lib/ledger/testing'
import { alertsConsumer } from '@/lib/alerts/follow'
import { listAlerts, readAlert } from '@/lib/alerts/read'
import { entriesOf, testOrganisation } from '@/lib/people/testing'
import { createStreamInput, type CreateStream } from './contract'
import { editStream, renewSecret } from './edit-stream'
import { pauseStream, removeStream, replayStream, resumeStream } from './move'
import { integrate, logSize, makeStream, sendNow, standing, testSender, writeEntries } from './notify-testing'
import { listStreams, publicStream, readStream } from './read'
import { httpReceiver, verifiedIndexes } from './receiver-testing'
import { sendStream } from './send'
import { testStream } from './test-stream'
import { watchStreams } from './watch'

const database = await testDatabase()
await testLedger(database)
const administrator = await testOrganisation()
await writeEntries(5)

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of closing.splice(0)) await stop()
})

let made = 0
function webhook(url: string, given: Partial<Extract<CreateStream, { kind: 'cloudevents' }>> = {}): CreateStream {
  const common = { contents: 'entries', kinds: null, batch: false, from: 'beginning', private: true, ca: null } as const
  return { kind: 'cloudevents', name: `Stream ${++made}`, url, ...common, ...given }
}
async function receiving() {
  const receiver = await httpReceiver()
  closing.push(() => receiver.stop())
  return { receiver, url: `http://127.0.0.1:${receiver.port}/` }
}
const act = <T>(work: (tx: Parameters<Parameters<typeof transaction>[0]>[0]) => Promise<T>) => transaction(work)
const now = () => new Date()

describe('making a stream', () => {
  test.each([
    ['http://169.254.169.254/latest/meta-data', /link-local/],
    ['http://[::ffff:169.254.169.254]/', /link-local/],
    ['http://0.0.0.0:8080/', /link-local/],
    ['http://127.0.0.1:3000/', /own/],
    ['http://2130706433:3000/', /own/],
  ])('is refused at %s even where private addresses are allowed', async (url, says) => {
    await expect(makeStream(administrator, webhook(url))).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'url',
      message: expect.stringMatching(says) as string,
    })
  })

  test('is refused at a private address, or without encryption, unless that was chosen', async () => {
    const refused = { code: 'invalid_request', field: 'url' }
    await expect(makeStream(administrator, webhook('https://10.0.0.8/', { private: false }))).rejects.toMatchObject(
      refused,
    )
    await expect(makeStream(administrator, webhook('http://siem.example/', { private: false }))).rejects.toMatchObject(
      refused,
    )
  })

  test('keeps no secret in the database in the clear, nor in any entry', async () => {
    const { url } = await receiving()
    const { id, secret } = await makeStream(administrator, webhook(url))
    expect(secret).toMatch(/^whsec_/)
    const { rows } = await database.pools.superuser.query<{ row: string }>(
      'SELECT row_to_json(s)::text AS row FROM stream s WHERE id = $1',
      [id],
    )
    const plain = Buffer.from(secret?.slice(6) ?? '', 'base64')
    for (const form of [secret ?? '', plain.toString('hex'), plain.toString('base64')])
      expect(rows[0]?.row).not.toContain(form)
    expect(JSON.stringify(await readStream(db(), id, now()))).not.toContain(secret?.slice(6))
    expect(JSON.stringify(await entriesOf(database, 'stream.created'))).not.toContain(secret?.slice(6))
  })

  test('is refused under the name of a living stream, and possible under that of a removed one', async () => {
    const { url } = await receiving()
    const { id } = await makeStream(administrator, webhook(url, { name: 'SIEM' }))
    await expect(makeStream(administrator, webhook(url, { name: 'siem' }))).rejects.toMatchObject({
      code: 'already_exists',
    })
    await act((tx) => removeStream(tx, administrator, id, now()))
    await makeStream(administrator, webhook(url, { name: 'siem' }))
  })

  test.each([
    [{ url: 'https://user:secret@siem.example/' }, 'url'],
    [{ url: 'ftp://siem.example/' }, 'url'],
    [{ kinds: 'action.decided nonsense.*' }, 'kinds'],
    [{ contents: 'everything' }, 'contents'],
    [{ more: 'x' }, 'more'],
    [{ name: 'a\u202eb' }, 'name'],
    [{ ca: 'not a certificate' }, 'ca'],
  ])('takes no form that says %o', (wrong, field) => {
    const right = { kind: 'cloudevents', name: 'A', url: 'https://siem.example/', contents: 'entries', from: 'now' }
    expect(createStreamInput.safeParse(right).success).toBe(true)
    const parsed = createStreamInput.safeParse({ ...right, ...wrong })
    const issue = parsed.error?.issues[0]
    expect(issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.')).toBe(field)
  })

  test.each(['host', 'content-length', 'transfer-encoding', 'connection', 'a b', 'x\r\ny'])(
    'takes no header named %o',
    (header) => {
      const right = {
        kind: 'otlp',
        name: 'A',
        url: 'https://siem.example/',
        contents: 'entries',
        from: 'now',
        secret: 's',
      }
      expect(createStreamInput.safeParse({ ...right, header: 'x-api-key' }).success).toBe(true)
      expect(createStreamInput.safeParse({ ...right, header }).success).toBe(false)
    },
  )
})

describe('an address that turns out to be another when it is looked up', () => {
  test('is refused then, each time: localhost is private, and that was not chosen', async () => {
    const { id } = await makeStream(administrator, webhook('https://localhost:9/', { private: false }))
    await sendNow(id)
    expect(await standing(id)).toMatchObject({ state: 'failing', stopped: true, error: 'address', next: 0 })
  })
})

describe('a paused stream', () => {
  test('sends nothing until it is resumed, then everything, and each step is an entry', async () => {
    const { receiver, url } = await receiving()
    const { id, secret } = await makeStream(administrator, webhook(url))
    await integrate()
    await act((tx) => pauseStream(tx, administrator, id, now()))
    await sendStream(id, testSender(), new AbortController().signal)
    expect(receiver.got).toEqual([])
    await expect(act((tx) => pauseStream(tx, administrator, id, now()))).rejects.toMatchObject({ code: 'wrong_state' })
    await act((tx) => resumeStream(tx, administrator, id, now()))
    await integrate()
    await sendNow(id)
    expect(verifiedIndexes(receiver.taken, secret ?? '')).toHaveLength(await logSize())
    for (const kind of ['stream.paused', 'stream.resumed'])
      expect((await entriesOf(database, kind)).at(-1)).toMatchObject({
        actor: `person:${administrator.id}`,
        about: { stream: id },
      })
  })

  test('in the middle of a delivery takes its acknowledgement for nothing it did not wait for', async () => {
    const { receiver, url } = await receiving()
    const { id } = await makeStream(administrator, webhook(url))
    await integrate()
    let once = true
    receiver.answer = () => ({ status: 204 })
    const pausing = new Promise<void>((resolve, reject) => {
      receiver.answer = (_, n) => {
        if (n === 3 && once) {
          once = false
          act((tx) => pauseStream(tx, administrator, id, now())).then(resolve, reject)
          return 'hang'
        }
        return { status: 204 }
      }
    })
    await sendNow(id, testSender({ timeoutMs: 3_000 }))
    await pausing
    expect(await standing(id)).toMatchObject({ state: 'paused', next: 2, attempts: 0 })
  })
})

describe('changing a stream', () => {
  test('goes on where it stands, to the new address', async () => {
    const [one, two] = [await receiving(), await receiving()]
    const given = webhook(one.url)
    const { id, secret } = await makeStream(administrator, given)
    await integrate()
    await sendNow(id)
    const stood = (await standing(id)).next
    const { from: _, ...rest } = given
    await act((tx) => editStream(tx, administrator, id, { ...rest, url: two.url } as never))
    await integrate()
    await sendNow(id)
    expect(verifiedIndexes(two.receiver.taken, secret ?? '')[0]).toBe(stood)
    expect((await entriesOf(database, 'stream.edited')).at(-1)).toMatchObject({ about: { stream: id } })
  })

  test('makes a new signing secret beside which the old one signs for a day', async () => {
    const { receiver, url } = await receiving()
    const { id, secret: old } = await makeStream(administrator, webhook(url))
    const { secret: fresh } = await act((tx) => renewSecret(tx, administrator, id, now()))
    await integrate()
    await sendNow(id)
    for (const secret of [old ?? '', fresh])
      expect(verifiedIndexes(receiver.taken, secret)).toHaveLength(await logSize())
    await act((tx) => renewSecret(tx, administrator, id, now()))
    await writeEntries(1)
    receiver.taken.length = 0
    await sendNow(id)
    expect(() => verifiedIndexes(receiver.taken, old ?? '')).toThrow()
  })

  test('does not send an OTLP header’s value to another server that it was not given for', async () => {
    const { url } = await receiving()
    const common = { name: `Stream ${++made}`, contents: 'entries', kinds: null, private: true, ca: null } as const
    const given = { ...common, kind: 'otlp', url, header: 'authorization', secret: 'Bearer x' } as const
    const { id } = await makeStream(administrator, { ...given, from: 'now' })
    const edit = (changed: object) =>
      act((tx) => editStream(tx, administrator, id, { ...given, secret: null, ...changed }))
    await edit({ name: `Stream ${++made}` })
    await expect(edit({ url: 'http://127.0.0.1:9/' })).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'secret',
    })
    await edit({ url: 'http://127.0.0.1:9/', secret: 'Bearer y' })
  })
})

describe('replaying', () => {
  test('sends again from an entry on, and never jumps over what was not sent', async () => {
    const { receiver, url } = await receiving()
    const { id, secret } = await makeStream(administrator, webhook(url))
    await integrate()
    const replay = (index: number) => act((tx) => replayStream(tx, administrator, id, index, now()))
    await expect(replay(1)).rejects.toMatchObject({ code: 'invalid_request', field: 'index' })
    await sendNow(id)
    receiver.taken.length = 0
    await replay(2)
    await integrate()
    await sendNow(id)
    expect(verifiedIndexes(receiver.taken, secret ?? '')).toEqual(
      Array.from({ length: (await logSize()) - 2 }, (_, n) => n + 2),
    )
  })
})

describe('a test event', () => {
  test('is signed, marked as a test, moves nothing, and what came of it is an entry', async () => {
    const { receiver, url } = await receiving()
    const { id, secret } = await makeStream(administrator, webhook(url))
    expect(await testStream(db(), administrator, id, 'x', now())).toMatchObject({ ok: true })
    const [got] = receiver.taken
    const event = new Webhook(secret ?? '').verify(got?.body ?? '', got?.headers as Record<string, string>)
    expect(event).toMatchObject({ type: 'countersign.stream.test', data: { test: true } })
    expect((await standing(id)).next).toBe(0)
    await receiver.stop()
    expect(await testStream(db(), administrator, id, 'x', now())).toMatchObject({
      ok: false,
      says: expect.stringMatching(/No connection/) as string,
    })
    expect((await entriesOf(database, 'stream.tested')).slice(-2).map(({ labels }) => labels)).toEqual([
      ['delivered'],
      ['connect'],
    ])
  })
})

describe('the alerts room', () => {
  const heard = async () => {
    await integrate()
    while ((await consume(alertsConsumer)) > 0) continue
    await integrate()
    return (await listAlerts(db(), { show: 'open' })).rows
  }

  test('hears of a stream that fails, once, with words and a way to it', async () => {
    const { url } = await receiving()
    const { id } = await makeStream(administrator, webhook(url))
    await integrate()
    await closing.pop()?.()
    for (let n = 0; n < 6; n++) await sendNow(id)
    const [alert, ...more] = (await heard()).filter(
      ({ streamId, kind }) => streamId === id && kind === 'stream_failing',
    )
    expect(more).toEqual([])
    expect(alert).toMatchObject({ severity: 'warning', count: 1, agent: null })
    const detail = await readAlert(db(), administrator, alert?.id ?? '')
    expect(detail.occurrences[0]).toMatchObject({
      actionId: null,
      sentence: expect.stringMatching(/does not deliver/) as string,
    })
  })

  test('hears of a stream that falls behind without failing, once, and the ledger of its catching up', async () => {
    const { url } = await receiving()
    const { id } = await makeStream(administrator, webhook(url))
    await integrate()
    const later = new Date(Date.now() + 6 * 60_000)
    await watchStreams(db(), later)
    await watchStreams(db(), later)
    expect((await heard()).filter(({ streamId, kind }) => streamId === id && kind === 'stream_behind')).toMatchObject([
      { count: 1 },
    ])
    expect((await listStreams(db(), later)).find((each) => each.id === id)).toMatchObject({ lagging: true })
    await sendNow(id)
    await watchStreams(db(), new Date())
    const said = (await entriesOf(database, 'stream.recovered')).filter(
      ({ about }) => (about as { stream: string }).stream === id,
    )
    expect(said).toMatchObject([{ labels: ['caught_up'] }])
  })
})

describe('what Postgres holds', () => {
  test('is that the app keeps a stream’s kind and maker, and takes no dead letter back', async () => {
    for (const statement of [
      "UPDATE stream SET kind = 'otlp'",
      'UPDATE stream SET created_by = created_by',
      'DELETE FROM stream',
      'DELETE FROM stream_dead_letter',
      "UPDATE stream_dead_letter SET error = 'x'",
    ])
      await expect(database.pools.app.query(statement), statement).rejects.toMatchObject({ code: '42501' })
    for (const login of ['sequencer', 'jobs'] as const)
      await expect(database.pools[login].query('SELECT secret FROM stream')).rejects.toMatchObject({ code: '42501' })
  })
})

describe('an address with a token in its query', () => {
  test('is shown whole to nobody who only reads, nor written into an entry’s words', async () => {
    const { url } = await receiving()
    const { id } = await makeStream(administrator, webhook(`${url}hook?token=t0p-of-the-tests`))
    const view = await readStream(db(), id, now())
    if (view === null) throw new Error('there is no such stream')
    expect(JSON.stringify(publicStream(view, false))).not.toContain('t0p-of-the-tests')
    expect(JSON.stringify(publicStream(view, true))).toContain('t0p-of-the-tests')
    expect(view.where).toBe(`${url}hook?…`)
  })
})
