import { expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { makeCertificate } from './certificate-testing'
import { headerOf, mailServerForTests } from './mail-testing'
import { addChannel, follow, plainMail, rows, sendAll } from './notifications-testing'
import { until } from './notify-testing'
import { replicasOf } from './replica-testing'
import { queue, type Queued } from './store-notification'

const database = await testDatabase()
const replica = await replicasOf(database, 'messages')
const administrator = await testOrganisation()
const dana = await testPerson(['analyst'])

/** Messages about one halt, none like another, all due. */
async function queueMany(count: number): Promise<void> {
  const { id: halt } = await engage({ scope: 'organisation', reason: 'a test', by: administrator.id, now: new Date() })
  await follow()
  await pool('app').query('DELETE FROM notification')
  const one = (n: number): Queued => ({
    id: newId(),
    kind: 'halt',
    what: 'engaged',
    via: 'mail',
    personId: dana.id,
    channelId: null,
    thread: `halt:${halt}`,
    act: 'trigger',
    group: `g${n}`,
    things: [halt],
    count: 1,
    severity: 'critical',
    urgent: true,
    pace: 'now',
    dueAt: new Date(0),
  })
  await queue(
    pool('app'),
    Array.from({ length: count }, (_, n) => one(n)),
    new Date(),
  )
}

test('several processes, killed in the middle again and again, lose no message; only what was under way comes twice, under the same id', async () => {
  await follow()
  const mailbox = await mailServerForTests()
  await addChannel(administrator, plainMail(mailbox.port))
  await queueMany(80)
  for (let kills = 0; kills < 3; kills++) {
    const before = mailbox.got.length
    const child = await replica(6_000)
    await until(() => mailbox.got.length >= before + 8)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  await Promise.all([replica(6_000), replica(6_000)])
  await until(async () => (await rows("state <> 'sent'")).length === 0)
  const ids = mailbox.got.map(({ raw }) => headerOf(raw, 'message-id'))
  expect(new Set(ids).size).toBe(80)
  // four at a time were under way each time one was killed
  expect(ids.length).toBeLessThanOrEqual(80 + 3 * 4)
  await mailbox.stop()
})

test('mail leaves encrypted, signed in, to a server whose authority was given; to none whose certificate is not trusted, and never in plain where that was not said', async () => {
  const authority = makeCertificate('Test authority', [])
  const certificate = makeCertificate('mail', ['127.0.0.1'], authority)
  const tls = { key: certificate.key, cert: certificate.cert }
  const setTo = async (port: number, given: { tls: 'implicit' | 'starttls'; ca: string | null; password: string }) => {
    await pool('app').query("UPDATE channel SET state = 'removed' WHERE kind = 'smtp'")
    await addChannel(administrator, { ...plainMail(port), user: 'countersign', ...given })
  }
  const attempt = async () => {
    await queueMany(1)
    await sendAll()
    const [row] = await rows("state <> 'suppressed'")
    return row?.state === 'sent' ? 'sent' : row?.why
  }
  const implicit = await mailServerForTests({ implicit: tls, password: 'kelp' })
  await setTo(implicit.port, { tls: 'implicit', ca: authority.cert, password: 'kelp' })
  expect(await attempt()).toBe('sent')
  expect(implicit.got).toMatchObject([{ secure: true, user: 'countersign' }])
  await setTo(implicit.port, { tls: 'implicit', ca: authority.cert, password: 'wrong' })
  expect(await attempt()).toBe('login')
  await setTo(implicit.port, { tls: 'implicit', ca: null, password: 'kelp' })
  expect(await attempt()).toBe('tls')
  const starttls = await mailServerForTests({ starttls: tls, password: 'kelp' })
  await setTo(starttls.port, { tls: 'starttls', ca: authority.cert, password: 'kelp' })
  expect(await attempt()).toBe('sent')
  expect(starttls.got).toMatchObject([{ secure: true }])
  // a server that offers no STARTTLS, or somebody in between who took the offer out
  const plain = await mailServerForTests({ password: 'kelp' })
  await setTo(plain.port, { tls: 'starttls', ca: null, password: 'kelp' })
  expect(['tls', 'busy', 'recipient', 'broken', 'internal']).toContain(await attempt())
  expect(plain.got).toHaveLength(0)
  await Promise.all([implicit.stop(), starttls.stop(), plain.stop()])
})
