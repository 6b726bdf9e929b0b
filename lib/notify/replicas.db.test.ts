import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { testOrganisation } from '@/lib/people/testing'
import { startStreams } from './follow'
import { integrate, logSize, makeStream, sendNow, standing, testSender, until, writeEntries } from './notify-testing'
import { httpReceiver, verifiedIndexes } from './receiver-testing'
import { replicasOf } from './replica-testing'
import { sendStream } from './send'
import { acknowledge } from './store-send'

const database = await testDatabase()
const replica = await replicasOf(database, 'entries')
const administrator = await testOrganisation()

let made = 0
async function stream(port: number, batch = false) {
  const url = `http://127.0.0.1:${port}/`
  const one = await makeStream(administrator, {
    ...{
      kind: 'cloudevents',
      name: `Stream ${++made}`,
      url,
      private: true,
      ca: null,
      contents: 'entries',
      kinds: null,
      batch,
      from: 'beginning',
    },
  })
  await integrate()
  return { id: one.id, secret: one.secret ?? '' }
}

/** Every index at least once, and none before those it follows: repeats only ever step back to what was not acknowledged. */
function expectWholeInOrder(indexes: readonly number[], size: number): void {
  let next = 0
  for (const index of indexes) {
    expect(index).toBeLessThanOrEqual(next)
    next = Math.max(next, index + 1)
  }
  expect(next).toBe(size)
}

describe('several processes over one database', () => {
  test('killed in the middle, again and again, lose nothing and leave no hole', async () => {
    await writeEntries(150)
    const receiver = await httpReceiver()
    const { id, secret } = await stream(receiver.port)
    const size = await logSize()
    for (let kills = 0; kills < 4; kills++) {
      const before = receiver.taken.length
      const child = await replica(6_000)
      await until(() => receiver.taken.length >= before + 20)
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
      expect((await standing(id)).next).toBeLessThan(size)
    }
    await replica(6_000)
    await until(async () => (await standing(id)).next === size)
    const indexes = verifiedIndexes(receiver.taken, secret)
    expectWholeInOrder(indexes, size)
    // what was under way when it was killed is all that came twice
    expect(indexes.length).toBeLessThanOrEqual(size + 4)
    await receiver.stop()
  })

  test('send one at a time: nothing twice, nothing out of order, never two at once', async () => {
    await writeEntries(100)
    const receiver = await httpReceiver()
    const { id, secret } = await stream(receiver.port)
    const size = await logSize()
    await Promise.all([replica(60_000), replica(60_000)])
    const own = startStreams(testSender(), (error) => {
      throw error
    })
    for (let n = 0; n < 5; n++) {
      await writeEntries(10)
      await sleep(50)
    }
    await until(async () => (await standing(id)).next === size + 50)
    await own.stop()
    expect(receiver.most).toBe(1)
    expect(verifiedIndexes(receiver.taken, secret)).toEqual(Array.from({ length: size + 50 }, (_, n) => n))
    await receiver.stop()
  })

  test('do not count the acknowledgement of one whose lease was taken over', async () => {
    const receiver = await httpReceiver()
    const { id } = await stream(receiver.port, true)
    const slow = testSender()
    await pool('app').query(
      "UPDATE stream SET lease_by = $2, lease_until = now() - interval '1 second' WHERE id = $1",
      [id, slow.id],
    )
    await sendNow(id)
    const after = await standing(id)
    const late = { from: 0, next: after.next + 5, count: 5, entryAt: new Date(), at: new Date() }
    expect(await acknowledge(pool('app'), after, slow, late)).toBeNull()
    expect((await standing(id)).next).toBe(after.next)
    await receiver.stop()
  })

  test('give a stream back when they stop, so that the next need not wait for the lease', async () => {
    const receiver = await httpReceiver()
    const { id } = await stream(receiver.port)
    const first = startStreams(testSender({ leaseMs: 600_000 }), () => undefined)
    await until(async () => (await standing(id)).next >= 20)
    await first.stop()
    const size = await logSize()
    await sendStream(id, testSender(), new AbortController().signal)
    expect((await standing(id)).next).toBe(size)
    await receiver.stop()
  })
})
