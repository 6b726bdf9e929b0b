import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { verifyBundle, type Found } from '@/clients/verifier/verify'
import { markSensitive, unmarkSensitive } from '@/lib/audit/mark-sensitive'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { ledgerKeys } from '@/lib/ledger/keys'
import { ledgerOf, useLedger } from '@/lib/ledger/handle'
import { vkeyOf } from '@/lib/ledger/note'
import { rotateKey } from '@/lib/ledger/rotate-key'
import { testLedger } from '@/lib/ledger/testing'
import { edit, forked, partsOf, reseal, write } from './bundle-testing'
import { exportInput } from './contract'
import { makeExport } from './make-export'
import { evidenceWorld } from './world-testing'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const world = await evidenceWorld(database, ledger)
const { agent, other, auditor, folder, take } = world
afterAll(world.end)
const vkey = vkeyOf(ledger.checkpoint)
const complete = await take({ agent: agent.slug, sample: 5 }, 'complete')
const parts = partsOf(complete)

async function whole(file: string, options: Parameters<typeof verifyBundle>[1] = {}): Promise<Found> {
  const verdict = await verifyBundle(file, options)
  if (!verdict.whole) throw new Error(`${verdict.code}: ${verdict.says}`)
  return verdict
}

describe('an evidence bundle', () => {
  it('of an agent and a period is whole, under the key one wrote down, and says what it covers', async () => {
    const found = await whole(complete, { vkey })
    expect(found).toMatchObject({
      keyWasGiven: true,
      withheld: 0,
      boundaries: 1,
      manifest: { scope: { kind: 'complete', first: 0 } },
    })
    const { rows } = await pools.superuser.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM ledger.entry WHERE agent_id = $1',
      [agent.agentId],
    )
    // the entry that this export was made is behind the checkpoint
    expect(found.about).toBeGreaterThanOrEqual((rows[0]?.n ?? 0) - 2)
    expect(found.payloads.opened).toBeGreaterThan(12)
    expect(found.sample).toMatchObject({ of: 13 })
    expect(found.sample?.drawn).toHaveLength(5)
  })

  it('is verified by the one file an auditor has, in a process without a database or the repository', async () => {
    const program = path.join(folder, 'countersign-verify.mjs')
    const root = path.resolve(import.meta.dirname, '../..')
    await build({
      absWorkingDir: root,
      entryPoints: ['clients/verifier/main.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
    })
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args], { cwd: folder, env: { NODE_ENV: 'test' }, encoding: 'utf8' })
    const good = run(complete, '--vkey', vkey, '--sample', '3', '--seed', 'dice: 4 2 6')
    expect(good.stderr).toBe('')
    expect(good.status).toBe(0)
    expect(good.stdout).toContain('Nothing is missing between #0')
    expect(good.stdout).toContain('That what an agent said is true')
    expect(good.stdout).toMatch(/Your own sample: #\d+ #\d+ #\d+/)
    const cut = path.join(folder, 'cut.zip')
    writeFileSync(cut, readFileSync(complete).subarray(0, -40))
    const bad = run(cut)
    expect(bad.status).toBe(1)
    expect(bad.stdout).toContain('cut short')
    expect(run(path.join(folder, 'nowhere.zip')).status).toBe(2)
  })

  it('opens in programs that are not ours', () => {
    const listed = spawnSync('python3', ['-m', 'zipfile', '-t', complete], { encoding: 'utf8' })
    if (listed.error) return
    expect(listed.stdout).toContain('Done testing')
  })

  it('holds a report that runs nothing and shows hostile words as words', () => {
    const report = parts.find(({ name }) => name === 'report.html')?.content.toString('utf8') ?? ''
    expect(report).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(report).toContain('&lt;b&gt;A-17&lt;/b&gt;')
    expect(report).not.toMatch(/<script|<b>A-17|javascript:|\son\w+=/i)
  })

  it('can keep others’ entries to itself: they are hashes, and what that leaves unproven is said', async () => {
    const file = await take({ agent: agent.slug, others: 'hashes' }, 'hashes')
    const found = await whole(file, { vkey })
    expect(found.withheld).toBeGreaterThan(5)
    const text = partsOf(file)
      .map(({ content }) => content.toString('utf8'))
      .join('')
    expect(text).not.toContain(other.agentId)
  })

  it('of entries that were picked proves each of them, and says that others may be missing', async () => {
    const found = await whole(await take({ outcome: 'forbid' }, 'picked'), { vkey })
    expect(found).toMatchObject({ entries: 1, manifest: { scope: { kind: 'picked' } } })
  })

  it('leaves behind what is marked sensitive until its reader says why, and says so', async () => {
    await transaction((tx) => markSensitive(tx, world.ciso.id, 'tool', 'crm.delete_*'))
    const file = await take({ agent: agent.slug }, 'sensitive')
    expect((await whole(file, { vkey })).payloads).toMatchObject({ sensitive: 1 })
    const words = partsOf(file).map(({ content }) => content.toString('utf8'))
    expect(words.join('')).not.toContain('=1+1')
    const lines = (await world.bytesOf({ format: 'ndjson', q: `agent:${agent.slug} outcome:forbid` })).toString('utf8')
    expect(JSON.parse(lines)).toMatchObject({ shown: null })
    await transaction((tx) => unmarkSensitive(tx, world.ciso.id, 'tool', 'crm.delete_*'))
  })

  it('is refused under another key than the one it was signed with', async () => {
    const seed = Buffer.alloc(32, 7)
    const foreign = vkeyOf(
      ledgerOf(ledger.origin, ledgerKeys({ checkpoint: seed, receipt: seed, payload: seed, commitment: seed }))
        .checkpoint,
    )
    expect(await verifyBundle(complete, { vkey: foreign })).toMatchObject({ whole: false, code: 'foreign_key' })
  })

  it('and its beginning and end are entries, with what was asked for and what left', async () => {
    const { rows } = await pools.superuser.query<{ kind: string; labels: string[] }>(
      `SELECT kind, convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE kind LIKE 'export.%' ORDER BY id LIMIT 2`,
    )
    expect(rows).toEqual([
      { kind: 'export.begun', labels: ['bundle', 'complete'] },
      { kind: 'export.made', labels: ['bundle', 'whole'] },
    ])
  })

  it('that is broken off is recorded as cut short', async () => {
    const { pieces } = await makeExport(auditor, exportInput.parse({ format: 'bundle', agent: agent.slug }), new Date())
    await pieces.next()
    await pieces.return(undefined)
    const { rows } = await pools.superuser.query<{ labels: string[] }>(
      `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE kind = 'export.made' ORDER BY id DESC LIMIT 1`,
    )
    expect(rows[0]?.labels).toEqual(['bundle', 'cut_short'])
  })
})

describe('a bundle over a change of keys', () => {
  it('is whole under the key one wrote down before, which handed over to the one that signs now', async () => {
    await world.signAs(null)
    const seeds = [11, 12, 13, 14].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer, Buffer]
    const [checkpoint] = seeds
    const fresh = {
      ...ledger.keys,
      checkpoint: ledgerKeys({ checkpoint, receipt: seeds[1], payload: seeds[2], commitment: seeds[3] }).checkpoint,
    }
    const owner = await pools.owner.connect()
    await rotateKey(owner, ledger, fresh.checkpoint).finally(() => {
      owner.release()
    })
    const current = ledgerOf(ledger.origin, fresh)
    useLedger(current)
    await world.signAs(current)
    const file = await take({ agent: agent.slug }, 'rotated')
    expect(await whole(file, { vkey })).toMatchObject({ vkey: vkeyOf(current.checkpoint) })
    const taken = partsOf(file)
    const dropped = edit(taken, 'keys.json', (text) => text.replace(/"handover": "[^"]*"/, '"handover": ""'))
    const forgotten = write(path.join(folder, 'forgotten.zip'), reseal(dropped, current))
    expect(await verifyBundle(forgotten, { vkey })).toMatchObject({ whole: false, code: 'key_not_handed_over' })
    const old = edit(taken, 'checkpoints.jsonl', (text) => forked(text, ledger))
    const retired = write(path.join(folder, 'retired.zip'), reseal(old, current))
    expect(await verifyBundle(retired, { vkey })).toMatchObject({ whole: false, code: 'retired_key' })
  })
})
