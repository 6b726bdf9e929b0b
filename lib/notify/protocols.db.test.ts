import { afterEach, describe, expect, test } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testOrganisation } from '@/lib/people/testing'
import { makeCertificate } from './certificate-testing'
import type { CreateStream } from './contract'
import { integrate, logSize, makeStream, sendNow, standing, testSender, until, writeEntries } from './notify-testing'
import { httpReceiver, syslogReceiver } from './receiver-testing'

const database = await testDatabase()
await testLedger(database)
const administrator = await testOrganisation()
await writeEntries(130)

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of closing.splice(0)) await stop()
})

let made = 0
const common = () =>
  ({ name: `Stream ${++made}`, private: true, ca: null, contents: 'entries', kinds: null, from: 'beginning' }) as const
async function make(given: CreateStream): Promise<string> {
  const { id } = await makeStream(administrator, given)
  await integrate()
  return id
}
const upTo = (size: number) => Array.from({ length: size }, (_, n) => n)

describe('an OTLP stream', () => {
  const indexesOf = (bodies: readonly { body: string }[]) =>
    bodies.flatMap(({ body }) =>
      [...body.matchAll(/"countersign\.entry\.index","value":\{"intValue":"(\d+)"/g)].map((one) => Number(one[1])),
    )
  const otlp = (port: number) =>
    make({
      ...common(),
      kind: 'otlp',
      url: `http://127.0.0.1:${port}/v1/logs`,
      header: 'x-api-key',
      secret: 'k3y-of-the-tests',
    })

  test('exports every entry in order, by the requests of the specification, with its header', async () => {
    const receiver = await httpReceiver(() => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    }))
    closing.push(() => receiver.stop())
    const id = await otlp(receiver.port)
    await sendNow(id)
    expect(indexesOf(receiver.taken)).toEqual(upTo(await logSize()))
    expect(receiver.taken[0]).toMatchObject({
      path: '/v1/logs',
      headers: { 'content-type': 'application/json', 'x-api-key': 'k3y-of-the-tests' },
    })
    expect(receiver.taken.length).toBeLessThan(5)
  })

  test('does not take for delivered what the receiver says it rejected: it finds the record and stops before it', async () => {
    const poison = '"countersign.entry.index","value":{"intValue":"17"}'
    const receiver = await httpReceiver(({ body }) => ({
      status: 200,
      body: body.includes(poison)
        ? '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no"}}'
        : '{"partialSuccess":{}}',
    }))
    closing.push(() => receiver.stop())
    const id = await otlp(receiver.port)
    await sendNow(id)
    expect(await standing(id)).toMatchObject({
      state: 'failing',
      stopped: true,
      next: 17,
      error: 'rejected',
      errorIndex: 17,
    })
  })

  test.each([
    ['a page of some website', { status: 200, body: '<html></html>' }],
    ['an endless answer', { status: 200, body: 'x'.repeat(100_000) }],
  ])('does not take %s for an acknowledgement', async (_, answer) => {
    const receiver = await httpReceiver(() => answer)
    closing.push(() => receiver.stop())
    const id = await otlp(receiver.port)
    await sendNow(id)
    expect(await standing(id)).toMatchObject({ next: 0, error: 'answer' })
  })
})

describe('a syslog stream', () => {
  const authority = makeCertificate('The tests', [])
  const server = makeCertificate('receiver', ['127.0.0.1', 'localhost'], authority)
  const client = makeCertificate('countersign', ['countersign'], authority)
  const syslog = (
    port: number,
    given: { tls?: boolean; ca?: string | null; cert?: string | null; secret?: string | null; host?: string } = {},
  ) =>
    make({ ...common(), kind: 'ocsf_syslog', host: '127.0.0.1', port, tls: false, cert: null, secret: null, ...given })
  const sequences = (messages: readonly string[]) =>
    messages.map(
      (each) => (JSON.parse(each.slice(each.indexOf('{'))) as { metadata: { sequence: number } }).metadata.sequence,
    )

  test('sends every entry as an OCSF event, counted in octets, and the receiver reads all of them', async () => {
    const receiver = await syslogReceiver()
    closing.push(() => receiver.stop())
    const id = await syslog(receiver.port)
    await sendNow(id)
    expect(sequences(receiver.messages)).toEqual(upTo(await logSize()))
    expect(receiver.messages[0]).toMatch(/^<\d+>1 \S+ countersign\.test countersign - \S+ \[origin/)
    expect((await standing(id)).state).toBe('active')
  })

  test('goes over TLS to a receiver whose certificate its own authority signed, and shows its own', async () => {
    const receiver = await syslogReceiver({
      tls: { cert: server.cert, key: server.key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    })
    closing.push(() => receiver.stop())
    const id = await syslog(receiver.port, { tls: true, ca: authority.cert, cert: client.cert, secret: client.key })
    await sendNow(id)
    expect(sequences(receiver.messages)).toEqual(upTo(await logSize()))
  })

  test.each([
    ['nobody we trust signed', server, null, '127.0.0.1'],
    ['is another host’s', makeCertificate('other', ['other.example'], authority), authority.cert, 'localhost'],
  ])('sends nothing to a receiver whose certificate %s', async (_, { cert, key }, ca, host) => {
    const receiver = await syslogReceiver({ tls: { cert, key } })
    closing.push(() => receiver.stop())
    const id = await syslog(receiver.port, { tls: true, ca, host })
    await sendNow(id)
    expect(receiver.messages).toEqual([])
    expect(await standing(id)).toMatchObject({ next: 0, error: 'tls' })
  })

  test('does not take for delivered what a receiver that closes at once, or never, may not have read', async () => {
    const deaf = await syslogReceiver({ reads: false })
    const open = await syslogReceiver({ closes: false })
    closing.push(
      () => deaf.stop(),
      () => open.stop(),
    )
    for (const [port, error] of [
      [deaf.port, 'broken'],
      [open.port, 'unclosed'],
    ] as const) {
      const id = await syslog(port)
      await sendNow(id, testSender({ timeoutMs: 3_000 }))
      expect(await standing(id)).toMatchObject({ next: 0, error })
    }
  })

  test('goes on where it stood when the receiver comes back', async () => {
    const first = await syslogReceiver()
    const id = await syslog(first.port)
    await sendNow(id)
    const stood = (await standing(id)).next
    await first.stop()
    await writeEntries(5)
    for (let n = 0; n < 3; n++) await sendNow(id)
    expect(await standing(id)).toMatchObject({ state: 'failing', next: stood, error: 'connect' })
    const again = await syslogReceiver({ port: first.port })
    closing.push(() => again.stop())
    await integrate()
    await until(async () => {
      await sendNow(id)
      await integrate()
      return (await standing(id)).next === (await logSize())
    })
    expect(sequences(again.messages)).toEqual(upTo(await logSize()).slice(stood))
  })
})
