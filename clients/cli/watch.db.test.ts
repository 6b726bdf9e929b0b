import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ownTerminal } from '@/clients/cli/shared/terminal'
import { run } from '@/clients/cli/watch'
import { keepCopy } from '@/clients/cli/watch/copies'
import { makeWebhookSecret } from '@/lib/core/standard-webhooks'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { append } from '@/lib/ledger/append'
import { openCheckpoint, signCheckpoint } from '@/lib/ledger/checkpoint'
import { openCosignatures, parseCosignerVkey, type Cosigner } from '@/lib/ledger/cosignature'
import { signTimedCheckpoint } from '@/lib/ledger/fresh'
import { verifierOf } from '@/lib/ledger/guard'
import { ledger, useLedger } from '@/lib/ledger/handle'
import { checkpointToServe, readHolders } from '@/lib/ledger/holders'
import { askWitness, onlyReceivers, sendCheckpoint } from '@/lib/ledger/let-out'
import { EMPTY_ROOT } from '@/lib/ledger/merkle'
import { keyFromFile } from '@/lib/ledger/keys'
import { vkeyOf } from '@/lib/ledger/note'
import { ledgerStatus } from '@/lib/ledger/read'
import { rotateKey } from '@/lib/ledger/rotate-key'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { openLedger } from '@/lib/ledger/start'

const database = await testDatabase()
const { pools } = database
const { app } = await testGateway(database)
const home = mkdtempSync(path.join(tmpdir(), 'countersign-watch-'))
let url = ''
let folder = ''
let printed = ''
let made = 0

beforeAll(async () => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  await grow(5)
})
afterAll(() => {
  rmSync(home, { recursive: true })
})
beforeEach(() => {
  printed = ''
  folder = path.join(home, String((made += 1)))
  const keep = (text: string | Uint8Array) => {
    printed += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  vi.spyOn(process.stderr, 'write').mockImplementation(keep)
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function grow(by: number): Promise<number> {
  for (let i = 0; i < by; i += 1) await append(pools.app, { kind: 'action.expired', actor: 'system' })
  await sequenceOnce(pools.sequencer, ledger(), null)
  return (await ledgerStatus(pools.app)).size
}
const once = (...more: string[]) => run([url, '--once', '--folder', folder, '--name', 'test-1', ...more])
const copies = () => readdirSync(folder).filter((name) => name.endsWith('.checkpoint'))
const forge = (size: number) => {
  const checkpoint = { origin: ledger().origin, size, root: EMPTY_ROOT }
  keepCopy(folder, checkpoint, signCheckpoint(checkpoint, ledger().checkpoint))
}

describe('countersign watch', () => {
  it('trusts the first key it is shown and says so, keeps what it saw, and has growth proven', async () => {
    const size = await grow(1)
    expect(await once()).toBe(0)
    expect(printed).toContain(`trusting the key that ${ledger().origin} shows now`)
    expect(printed).toContain(`${size} entries, ${size} more; the first one kept; signed`)
    const bigger = await grow(300)
    expect(await once()).toBe(0)
    expect(printed).toContain(`${bigger} entries, 300 more; consistent with 1 kept checkpoint; signed`)
    expect(copies()).toHaveLength(2)
    expect(copies().every((name) => (statSync(path.join(folder, name)).mode & 0o077) === 0)).toBe(true)
    expect(readFileSync(path.join(folder, 'vkeys'), 'utf8')).toBe(`${vkeyOf(ledger().checkpoint)}\n`)
  })

  it('is noted by the log under the name it gives, with what it has', async () => {
    expect(await once('--name', 'audit-desk.example')).toBe(0)
    const { size } = await ledgerStatus(pools.app)
    expect(await readHolders(pools.app)).toContainEqual(
      expect.objectContaining({ kind: 'watcher', name: 'audit-desk.example', size }),
    )
    await fetch(`${url}/log/checkpoint`, { headers: { 'countersign-watcher': 'Not A Name' } })
    expect((await readHolders(pools.app)).map(({ name }) => name)).not.toContain('Not A Name')
  })

  it('finds a fork by any copy it kept, not the newest alone, and keeps what it was shown', async () => {
    expect(await once()).toBe(0)
    forge(3)
    expect(await once()).toBe(1)
    expect(printed).toContain('FORK: its first 3 entries are not those it signed before.')
    expect(readdirSync(folder).some((name) => name.startsWith('evidence-'))).toBe(true)
  })

  it('finds another history of the same size', async () => {
    expect(await once()).toBe(0)
    forge((await ledgerStatus(pools.app)).size)
    expect(await once()).toBe(1)
    expect(printed).toContain('FORK')
  })

  it('finds a rollback', async () => {
    expect(await once()).toBe(0)
    forge(1_000_000)
    expect(await once()).toBe(1)
    expect(printed).toMatch(/ROLLBACK: it shows \d+ entries, and signed 1000000 before/)
  })

  it('refuses a log that signs with another key than the one it was given', async () => {
    expect(await once('--vkey', vkeyOf(ledger().receipt))).toBe(1)
    expect(printed).toContain('BAD SIGNATURE')
  })

  it('finds a log whose newest checkpoint is too old', async () => {
    const { size, root, checkpoint } = await ledgerStatus(pools.app)
    const old = signTimedCheckpoint(
      { origin: ledger().origin, size, root: root ?? EMPTY_ROOT },
      ledger().checkpoint,
      1_700_000_000,
    )
    await pools.superuser.query('UPDATE ledger.tree_head SET note = $1', [old])
    expect(await once()).toBe(1)
    expect(printed).toMatch(/STALE: its newest checkpoint is \d+ s old, and 1200 s is the limit/)
    await pools.superuser.query('UPDATE ledger.tree_head SET note = $1', [checkpoint])
  })

  it('says what it could not do, and that this is no evidence', async () => {
    expect(await run(['http://127.0.0.1:1', '--once', '--folder', folder])).toBe(4)
    expect(printed).toContain('countersign watch: http://127.0.0.1:1/log/vkey')
    expect(await run(['--once'])).toBe(2)
    expect(await run([url, '--witness', 'x', '--folder', folder])).toBe(2)
    expect(await once()).toBe(0)
    const [name = ''] = copies()
    writeFileSync(path.join(folder, name), 'changed')
    expect(await once()).toBe(2)
    expect(printed).toContain('is not the checkpoint it was kept as')
  })

  it('goes on until it is stopped, and ends when the log is not heard of for too long', async () => {
    const stopping = new AbortController()
    const watching = run([url, '--every', '1', '--folder', folder], ownTerminal(), process.env, stopping.signal)
    while (printed.split('entries as before').length < 2) await sleep(50)
    stopping.abort()
    expect(await watching).toBe(0)
    const away = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => away.once('listening', resolve))
    const address = `http://127.0.0.1:${(away.address() as AddressInfo).port}`
    expect(await run([address, '--every', '1', '--max-age', '1', '--folder', folder])).toBe(1)
    expect(printed).toContain('could not look')
    expect(printed).toContain('STALE: the log was not heard of')
    away.close()
  })
})

describe('a witness', () => {
  const keyFile = path.join(home, 'witness.key')
  const stopping = new AbortController()
  let watching: Promise<number>
  let where = ''
  let witness: { vkey: string; cosigner: Cosigner; url: string }
  const tick = async () => {
    await pools.superuser.query("UPDATE ledger.holder SET tried_at = now() - interval '1 hour'")
    await askWitness(pools.app, witness, new Date())
  }
  const held = async () => (await readHolders(pools.app)).find(({ kind }) => kind === 'witness')

  beforeAll(async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
    where = path.join(home, 'witness')
    watching = run(
      [url, '--every', '3600', '--folder', where, '--name', 'w.example', '--witness', keyFile, '--listen', '0'],
      ownTerminal(),
      process.env,
      stopping.signal,
    )
    let found: RegExpExecArray | null = null
    while (!(found = /witness at (\S+)\/ as (\S+)/.exec(printed)) || !printed.includes('the first one kept'))
      await sleep(20)
    const cosigner = parseCosignerVkey(found[2] ?? '')
    if (!cosigner) throw new Error('no key')
    witness = { vkey: found[2] ?? '', cosigner, url: found[1] ?? '' }
    vi.restoreAllMocks()
  })
  afterAll(async () => {
    stopping.abort()
    await watching
  })

  it('cosigns the newest checkpoint once it has said what it holds, and the log serves that', async () => {
    await grow(3)
    await tick() // starts from 0, is told the size the witness holds, and proves from there
    const { size } = await ledgerStatus(pools.app)
    expect(await held()).toMatchObject({ name: 'w.example', size, failure: null })
    const served = await (await fetch(`${url}/log/checkpoint`)).text()
    expect(openCosignatures(served, [witness.cosigner])).toHaveLength(1)
    expect(openCheckpoint(served, verifierOf(ledger()))).toMatchObject({ ok: true, size })
    const { time } = openCosignatures(served, [witness.cosigner])?.[0] ?? { time: 0 }
    expect(Math.abs(time - Date.now() / 1000)).toBeLessThan(60)
    expect(statSync(keyFile).mode & 0o077).toBe(0)
  })

  it('leaves the last cosigned checkpoint to be had while the log moves on', async () => {
    const before = (await ledgerStatus(pools.app)).size
    const size = await grow(2)
    const newest = await checkpointToServe(pools.app, { witnessed: false })
    const witnessed = await checkpointToServe(pools.app, { witnessed: true })
    expect([newest?.size, witnessed?.size]).toEqual([size, before])
    expect(openCosignatures(newest?.note ?? '', [witness.cosigner])).toEqual([])
    expect(openCosignatures(witnessed?.note ?? '', [witness.cosigner])).toHaveLength(1)
    await tick()
    expect((await held())?.size).toBe(size)
  })

  it('does not cosign another history, and the log says why', async () => {
    const copy =
      readdirSync(where)
        .filter((name) => name.endsWith('.checkpoint'))
        .sort()
        .at(-1) ?? ''
    const kept = readFileSync(path.join(where, copy), 'utf8')
    const size = await grow(1)
    // The witness has seen another history of that size, signed by the same key.
    const other = { origin: ledger().origin, size: size - 1, root: EMPTY_ROOT }
    rmSync(path.join(where, copy))
    keepCopy(where, other, signCheckpoint(other, ledger().checkpoint))
    await tick()
    expect((await held())?.failure).toContain('the consistency proof does not hold')
    const beyond = { origin: ledger().origin, size: size + 9, root: EMPTY_ROOT }
    keepCopy(where, beyond, signCheckpoint(beyond, ledger().checkpoint))
    await tick()
    expect((await held())?.failure).toBe(`it holds ${size + 9} entries, more than the ${size} there are`)
    for (const name of readdirSync(where).filter((each) => each.endsWith('.checkpoint'))) rmSync(path.join(where, name))
    writeFileSync(path.join(where, copy), kept)
    await tick()
    expect(await held()).toMatchObject({ size, failure: null })
  })

  it.each([
    ['GET', '/add-checkpoint', '', 405],
    ['POST', '/elsewhere', 'old 0\n\n', 404],
    ['POST', '/add-checkpoint', 'nonsense', 400],
    [
      'POST',
      '/add-checkpoint',
      'old 0\n\nother.example\n1\n' + EMPTY_ROOT.toString('base64') + '\n\n\u2014 x AAAAAAAA\n',
      404,
    ],
    ['POST', '/add-checkpoint', 'x'.repeat(70_000), 413],
  ])('answers %s %s (%#) as the protocol says', async (method, target, body, status) => {
    const init = method === 'GET' ? { method } : { method, body }
    expect((await fetch(witness.url + target, init)).status).toBe(status)
  })

  it('answers 403 without our signature, and 409 with its size to another old size', async () => {
    const { checkpoint } = await ledgerStatus(pools.app)
    const unsigned = `${(checkpoint ?? '').split('\n\n')[0]}\n\n\u2014 x AAAAAAAA\n`
    const add = (old: number, note: string | null) =>
      fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body: `old ${old}\n\n${note}` })
    expect((await add(0, unsigned)).status).toBe(403)
    const conflict = await add(1, checkpoint)
    expect(conflict.status).toBe(409)
    expect(conflict.headers.get('content-type')).toBe('text/x.tlog.size')
    expect(await conflict.text()).toBe(`${(await held())?.size}\n`)
    expect((await add(10_000_000, checkpoint)).status).toBe(400)
  })
})

describe('the webhook', () => {
  const got: { headers: Record<string, string>; body: string }[] = []
  let status = 200
  const receiver = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      got.push({ headers: request.headers as Record<string, string>, body })
      response.writeHead(status).end()
    })
  })
  const secret = makeWebhookSecret()
  const send = async () => {
    await sendCheckpoint(
      pools.app,
      { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`, secret },
      new Date(),
    )
  }
  const held = async () => (await readHolders(pools.app)).find(({ kind }) => kind === 'webhook')
  beforeAll(async () => {
    receiver.listen(0, '127.0.0.1')
    await new Promise((resolve) => receiver.once('listening', resolve))
  })
  afterAll(() => {
    receiver.close()
  })

  it('gets the newest checkpoint, signed so that its receiver’s own library verifies it', async () => {
    await send()
    expect(got).toHaveLength(1)
    const message = new Webhook(secret).verify(got[0]?.body ?? '', got[0]?.headers ?? {}) as {
      type: string
      data: { size: number; checkpoint: string }
    }
    expect(message.type).toBe('ledger.checkpoint')
    expect(openCheckpoint(message.data.checkpoint, verifierOf(ledger()))).toMatchObject({
      ok: true,
      size: message.data.size,
    })
    expect(await held()).toMatchObject({ size: message.data.size, failure: null })
    expect(() => new Webhook(secret).verify(`${got[0]?.body ?? ''} `, got[0]?.headers ?? {})).toThrow()
  })

  it('is tried again when it fails, later each time, and nothing is sent twice at once by two replicas', async () => {
    status = 500
    const size = await grow(1)
    await send()
    expect(got).toHaveLength(1) // within ten seconds of the last try nothing is sent
    const soon = "UPDATE ledger.holder SET tried_at = tried_at - interval '11 seconds' WHERE kind = 'webhook'"
    await pools.superuser.query(soon)
    await Promise.all([send(), send(), send()])
    expect(got).toHaveLength(2)
    expect(await held()).toMatchObject({ failure: 'it answered 500' })
    // It has been failing for an hour: the next try waits ten minutes, not ten seconds.
    await pools.superuser.query("UPDATE ledger.holder SET held_at = now() - interval '1 hour' WHERE kind = 'webhook'")
    await pools.superuser.query(soon)
    await send()
    expect(got).toHaveLength(2)
    await pools.superuser.query(
      "UPDATE ledger.holder SET tried_at = now() - interval '11 minutes' WHERE kind = 'webhook'",
    )
    status = 204
    await send()
    expect(got).toHaveLength(3)
    expect(await held()).toMatchObject({ size, failure: null })
  })
})

describe('a receiver the operator no longer names', () => {
  it('is forgotten, and nobody misses it; watchers are not', async () => {
    await onlyReceivers(pools.app, { witnesses: [], webhook: null })
    const kinds = new Set((await readHolders(pools.app)).map(({ kind }) => kind))
    expect([...kinds]).toEqual(['watcher'])
  })
})

describe('another key', () => {
  it('is followed by a watcher who knows the one before, and by nobody else', async () => {
    const before = vkeyOf(ledger().checkpoint)
    expect(await once()).toBe(0)
    const key = keyFromFile(path.join(home, 'next.key'))
    const owner = await pools.owner.connect()
    await rotateKey(owner, ledger(), key)
    owner.release()
    const opened = await openLedger(pools.app, { ...ledger().keys, checkpoint: key })
    if ('message' in opened) throw new Error(opened.message)
    useLedger(opened)
    await grow(1)
    expect(await once()).toBe(0)
    expect(readFileSync(path.join(folder, 'vkeys'), 'utf8')).toBe(`${before}\n${vkeyOf(opened.checkpoint)}\n`)
    expect(printed).toContain('consistent with 1 kept checkpoint')
    const other = path.join(home, 'other')
    expect(await run([url, '--once', '--folder', other, '--vkey', before])).toBe(0)
    expect(existsSync(path.join(other, 'vkeys'))).toBe(true)
    const policy = await (await fetch(`${url}/log/policy`)).text()
    expect(policy).toContain(`log ${vkeyOf(opened.checkpoint)} https://countersign.test/log/\nlog ${before} `)
  })
})
