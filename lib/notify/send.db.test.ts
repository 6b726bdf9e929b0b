import { afterEach, describe, expect, test } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { tamper } from '@/lib/ledger/tampering'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, testOrganisation } from '@/lib/people/testing'
import { replayStream, retryStream, skipEntry } from './move'
import { integrate, logSize, makeStream, sendNow, standing, testSender, until, writeEntries } from './notify-testing'
import { listStreams, readStream } from './read'
import { httpReceiver, verifiedIndexes, type Answering } from './receiver-testing'
import { sendStream } from './send'

const database = await testDatabase()
await testLedger(database)
const administrator = await testOrganisation()
await writeEntries(3)

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of closing.splice(0)) await stop()
})

let made = 0
async function webhook(
  answer?: (n: number) => Answering,
  given: { batch?: boolean; kinds?: string[] | null; from?: 'now' | 'beginning' } = {},
) {
  const receiver = await httpReceiver(answer && ((_, n) => answer(n)))
  closing.push(() => receiver.stop())
  const stream = await makeStream(administrator, {
    ...{
      kind: 'cloudevents',
      name: `Webhook ${++made}`,
      url: `http://127.0.0.1:${receiver.port}/hook`,
      private: true,
      ca: null,
    },
    ...{
      contents: 'entries',
      kinds: (given.kinds ?? null) as never,
      batch: given.batch ?? false,
      from: given.from ?? 'beginning',
    },
  })
  await integrate()
  return { receiver, id: stream.id, secret: stream.secret ?? '' }
}
const upTo = (size: number) => Array.from({ length: size }, (_, n) => n)

describe('a webhook stream', () => {
  test('delivers every entry once, in the log’s order, each signed for the project’s own verifier', async () => {
    const { receiver, id, secret } = await webhook()
    const size = await logSize()
    await sendNow(id)
    expect(verifiedIndexes(receiver.taken, secret)).toEqual(upTo(size))
    expect(receiver.taken[0]?.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
    expect(await standing(id)).toMatchObject({ next: size, sent: size, state: 'active', attempts: 0 })
    const [view] = (await listStreams(db(), new Date())).filter((each) => each.id === id)
    expect(view).toMatchObject({
      lag: { entries: 0, seconds: 0 },
      acked: { index: size - 1 },
      perMinute: size,
      error: null,
    })
  })

  test('sends batches where that was chosen, and only the kinds that were asked for', async () => {
    const { receiver, id, secret } = await webhook(undefined, { batch: true, kinds: ['ledger.opened'] })
    await writeEntries(250)
    await sendNow(id)
    const { rows } = await database.pools.app.query<{ idx: string }>(
      "SELECT l.idx FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id WHERE e.kind = 'ledger.opened' ORDER BY l.idx",
    )
    expect(verifiedIndexes(receiver.taken, secret)).toEqual(rows.map(({ idx }) => Number(idx)))
    expect(receiver.taken.length).toBeLessThan(10)
    expect(receiver.taken[0]?.headers['content-type']).toMatch(/^application\/cloudevents-batch\+json/)
    expect((await standing(id)).next).toBe(await logSize())
  })

  test('begins behind what is there when it is made to begin now', async () => {
    const { receiver, id, secret } = await webhook(undefined, { from: 'now' })
    const before = (await standing(id)).next
    await sendNow(id)
    expect(verifiedIndexes(receiver.taken, secret).every((index) => index >= before)).toBe(true)
    expect(before).toBeGreaterThan(3)
  })

  test.each<[string, Answering, string]>([
    ['answers 500', { status: 500, body: 'x' }, 'status'],
    ['asks for later', { status: 429, headers: { 'retry-after': '120' } }, 'busy'],
    ['hangs', 'hang', 'timeout'],
    ['drips for ever', 'slow', 'timeout'],
    ['resets the connection', 'reset', 'broken'],
    ['redirects', { status: 307, headers: { location: 'http://127.0.0.1:9/' } }, 'redirect'],
  ])('loses and reorders nothing while its receiver %s', async (_, answer, code) => {
    const { receiver, id, secret } = await webhook((n) => (n < 9 && n % 3 === 2 ? answer : { status: 200 }))
    const size = await logSize()
    const quick = testSender({ timeoutMs: code === 'timeout' ? 2_000 : 20_000 })
    await sendNow(id, quick)
    const failed = await standing(id)
    expect(failed).toMatchObject({ next: 1, attempts: 1, error: code, errorIndex: 1, state: 'active' })
    expect(failed.nextTryAt?.getTime()).toBeGreaterThan(
      (failed.errorAt?.getTime() ?? 0) + (code === 'busy' ? 119_000 : 400),
    )
    await until(async () => {
      await sendNow(id, quick)
      return (await standing(id)).next >= size
    })
    expect(verifiedIndexes(receiver.taken, secret).slice(0, size)).toEqual(upTo(size))
    // the same entry keeps its id over all tries
    const ids = receiver.got.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(receiver.taken.length)
  })

  test('takes a 2xx for an answer however much follows, and reads no more of it than it needs', async () => {
    const { id } = await webhook(() => ({ status: 200, body: 'x'.repeat(5_000_000) }))
    await sendNow(id)
    expect((await standing(id)).next).toBe(await logSize())
  })

  test('is tried again as it was when its receiver was not there, and says so to people', async () => {
    const { receiver, id, secret } = await webhook()
    const { port } = receiver
    await receiver.stop()
    for (let n = 0; n < 5; n++) await sendNow(id)
    await integrate()
    expect(await standing(id)).toMatchObject({
      state: 'failing',
      stopped: false,
      next: 0,
      error: 'connect',
      attempts: 5,
    })
    const said = (kind: string) =>
      entriesOf(database, kind).then((all) => all.filter(({ about }) => (about as { stream: string }).stream === id))
    expect(await said('stream.failed')).toHaveLength(1)
    // no entry is to blame, so none can be skipped for it
    await expect(transaction((tx) => skipEntry(tx, administrator, id, 0, new Date()))).rejects.toMatchObject({
      code: 'wrong_state',
    })
    const again = await httpReceiver(undefined, port)
    closing.push(() => again.stop())
    await sendNow(id)
    await integrate()
    await sendNow(id)
    expect(verifiedIndexes(again.taken, secret)).toEqual(upTo(await logSize()))
    expect(await said('stream.recovered')).toHaveLength(1)
    expect((await readStream(db(), id, new Date()))?.error).toBeNull()
  })
})

describe('an entry the receiver takes not', () => {
  test('stops the stream until a person decides, is named exactly, and is skipped by nobody else', async () => {
    let poison = 7
    const receiver = await httpReceiver(({ body }) => ({ status: body.includes(`"index":${poison},`) ? 422 : 204 }))
    closing.push(() => receiver.stop())
    const url = `http://127.0.0.1:${receiver.port}/`
    const { id, secret } = await makeStream(administrator, {
      ...{
        kind: 'cloudevents',
        name: 'Picky',
        url,
        private: true,
        ca: null,
        contents: 'entries',
        kinds: null,
        batch: true,
        from: 'beginning',
      },
    })
    await writeEntries(10)
    await sendNow(id)
    // the batch was refused, so its entries went one by one
    expect(await standing(id)).toMatchObject({
      state: 'failing',
      stopped: true,
      next: poison,
      errorIndex: poison,
      error: 'rejected',
      nextTryAt: null,
    })
    expect(verifiedIndexes(receiver.taken, secret ?? '')).toEqual(upTo(poison))
    const asked = receiver.got.length
    await sendStream(id, testSender(), new AbortController().signal)
    expect(receiver.got).toHaveLength(asked)

    await transaction((tx) => retryStream(tx, id))
    await sendStream(id, testSender(), new AbortController().signal)
    expect(await standing(id)).toMatchObject({ stopped: true, next: poison })

    const skip = (index: number) => transaction((tx) => skipEntry(tx, administrator, id, index, new Date()))
    await expect(skip(poison + 1)).rejects.toMatchObject({ code: 'conflict' })
    await skip(poison)
    await integrate()
    await sendNow(id)
    const rest = upTo(await logSize()).filter((index) => index !== poison)
    expect(verifiedIndexes(receiver.taken, secret ?? '')).toEqual(rest)
    const view = await readStream(db(), id, new Date())
    expect(view?.skipped).toMatchObject([{ index: poison, error: 'rejected', skippedBy: administrator.name }])
    expect((await entriesOf(database, 'stream.skipped')).at(-1)).toMatchObject({
      actor: `person:${administrator.id}`,
      about: { stream: id },
    })

    poison = -1
    await transaction((tx) => replayStream(tx, administrator, id, 7, new Date()))
    receiver.taken.length = 0
    await sendNow(id)
    expect(verifiedIndexes(receiver.taken, secret ?? '')[0]).toBe(7)
  })

  test('that is gone from the database stops the stream instead of leaving a hole', async () => {
    const { receiver, id } = await webhook()
    await writeEntries(3)
    const missing = (await logSize()) - 2
    await tamper(database.pools.superuser, async (client) => {
      await client.query('DELETE FROM ledger.entry WHERE id = (SELECT entry_id FROM ledger.leaf WHERE idx = $1)', [
        missing,
      ])
    })
    await sendNow(id)
    expect(await standing(id)).toMatchObject({
      state: 'failing',
      stopped: true,
      next: missing,
      error: 'gap',
      errorIndex: missing,
    })
    expect(receiver.taken).toHaveLength(missing)
    await expect(transaction((tx) => skipEntry(tx, administrator, id, missing, new Date()))).rejects.toMatchObject({
      code: 'wrong_state',
    })
  })
})
