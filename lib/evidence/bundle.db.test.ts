import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyBundle, type Found } from '@/clients/verifier/verify'
import { sampleAgent, sampleCredential, type Sample } from '@/lib/agents/testing'
import { draft } from '@/lib/boundary/draft'
import { sign } from '@/lib/boundary/sign'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { Decider, type Caller } from '@/lib/decisions/decide'
import { sampleTool } from '@/lib/decisions/governed-testing'
import { engage } from '@/lib/halt/engage'
import { append } from '@/lib/ledger/append'
import { ledgerKeys } from '@/lib/ledger/keys'
import { ledgerOf } from '@/lib/ledger/handle'
import { vkeyOf } from '@/lib/ledger/note'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { deflated, edit, forked, partsOf, reseal, swapped, write, type Part } from './bundle-testing'
import { exportInput, type ExportInput } from './contract'
import { makeExport } from './make-export'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
await testOrganisation()
const auditor = await testPerson(['auditor'], 'Noor Haddad')
const ciso = await testPerson(['ciso'], 'Ilse Tamm')
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bundle-'))
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })
const vkey = vkeyOf(ledger.checkpoint)

/** Signs what waits, all the time: an export waits for its own entry to be signed over. */
let signing = true
const signer = (async () => {
  while (signing) {
    await sequenceOnce(pools.sequencer, ledger, null)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
})()
afterAll(async () => {
  signing = false
  await signer
  rmSync(folder, { recursive: true })
})

type Acting = Sample & { caller: Caller }
async function governedBySignature(): Promise<Acting> {
  const agent = await sampleAgent(pools.superuser)
  const { id } = await sampleCredential(pools.superuser, agent)
  const of = { id: agent.agentId, slug: agent.slug, ownerId: agent.personId, state: 'active' } as const
  const source = `agent: ${agent.slug}\nmcp_scopes:\n  crm: [read]\nnever:\n  - crm.delete_all\n# <script>alert(1)</script>\n`
  const { version, digest } = await transaction((tx) =>
    draft(tx, { id: agent.personId }, of, { source, note: '' }, new Date()),
  )
  await append(pools.app, {
    kind: 'agent.registered',
    actor: `person:${agent.personId}`,
    agent: agent.agentId,
    owner: agent.personId,
  })
  await sign(db(), ciso, of, version, { digest, statement: 'I have read it' }, new Date())
  return { ...agent, caller: { agentId: agent.agentId, credentialId: id, scope: 'act' } }
}
async function propose(agent: Acting, tool: string, args: object = {}): Promise<void> {
  const decided = await decider.decide(agent.caller, {
    tool,
    arguments: args as never,
    resource: { type: 'order', id: '<b>A-17</b>' },
  })
  if ('replay' in decided) throw new Error('a replay without a key')
}

async function take(asked: Partial<ExportInput>, name: string): Promise<string> {
  const input = exportInput.parse({ format: 'bundle', ...asked })
  const { pieces } = await makeExport(auditor, input, new Date())
  const bytes: Buffer[] = []
  for await (const piece of pieces) bytes.push(piece)
  const file = path.join(folder, `${name}.zip`)
  writeFileSync(file, Buffer.concat(bytes))
  return file
}
async function whole(file: string, options: Parameters<typeof verifyBundle>[1] = {}): Promise<Found> {
  const verdict = await verifyBundle(file, options)
  if (!verdict.whole) throw new Error(`${verdict.code}: ${verdict.says}`)
  return verdict
}

let agent: Acting
let other: Acting
let complete: string
let parts: Part[]

beforeAll(async () => {
  await sampleTool(pools.superuser, 'crm.get_order', 'read')
  agent = await governedBySignature()
  other = await governedBySignature()
  for (let i = 0; i < 12; i += 1) await propose(agent, 'crm.get_order', { i, note: 'naïve 漢字 \u202e' })
  for (let i = 0; i < 3; i += 1) await propose(other, 'crm.get_order')
  await propose(agent, 'crm.delete_all')
  complete = await take({ agent: agent.slug, sample: 5 }, 'complete')
  parts = partsOf(complete)
})

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

const first = 'entries/000000.jsonl'
const without = (name: string): Part[] => parts.filter((part) => part.name !== name)
const raw =
  (change: (bytes: Buffer) => Buffer) =>
  (name: string): string => {
    const file = path.join(folder, `${name}.zip`)
    writeFileSync(file, change(Buffer.from(readFileSync(complete))))
    return file
  }
const made =
  (change: () => readonly Part[]) =>
  (name: string): string =>
    write(path.join(folder, `${name}.zip`), change())
const sealed = (change: () => readonly Part[], manifest?: (old: object) => object) =>
  made(() => reseal(change(), ledger, manifest))
const extra = (name: string): Part => ({ name, content: Buffer.from('x') })

describe('a broken bundle is refused by name:', () => {
  const broken: readonly [what: string, code: string, make: (name: string) => string][] = [
    ['something else', 'not_a_bundle', raw(() => Buffer.from('PDF-1.7 hello, this is no zip file at all'))],
    ['cut short', 'cut_short', raw((bytes) => bytes.subarray(0, bytes.length - 100))],
    ['cut in half', 'cut_short', raw((bytes) => bytes.subarray(0, bytes.length / 2))],
    ['bytes behind its end', 'trailing_bytes', raw((bytes) => Buffer.concat([bytes, Buffer.from('more')]))],
    ['bytes before its beginning', 'not_a_bundle', raw((bytes) => Buffer.concat([Buffer.from('#!/bin/sh\n'), bytes]))],
    ['one byte of a file changed', 'damaged', raw((bytes) => bytes.fill(0x58, 100, 101))],
    ['a file too many', 'foreign_file', made(() => [...parts, extra('notes.txt')])],
    ['a file twice', 'duplicate_file', made(() => [...parts, extra('README.txt')])],
    ['a file that leads elsewhere', 'unsafe_name', made(() => [extra('../../etc/cron.d/x'), ...parts])],
    ['an absolute file', 'unsafe_name', made(() => [extra('/etc/passwd'), ...parts])],
    ['a file left out', 'missing_file', made(() => without('people.json'))],
    ['its chunk left out', 'manifest_differs', made(() => without(first))],
    [
      'files in another order',
      'reordered',
      made(() => [...parts.slice(1, 3), ...parts.slice(0, 1), ...parts.slice(3)]),
    ],
    [
      'a file larger than any',
      'oversized',
      made(() => [...parts, { name: 'openings/000009.jsonl', content: Buffer.alloc(9 * 1024 * 1024) }]),
    ],
    ['a compressed file', 'compressed', raw((bytes) => deflated(bytes))],
    [
      'a file that is not as sealed',
      'manifest_differs',
      made(() => edit(parts, 'report.html', (text) => text.replace('Evidence', 'Proof'))),
    ],
    [
      'another manifest under the same seal',
      'unsealed',
      made(() => edit(parts, 'manifest.json', (text) => text.replace('"complete"', '"picked"'))),
    ],
    [
      'a seal by a key nobody named',
      'foreign_key',
      made(() => edit(parts, 'manifest.note', (text) => text.replace(/\/receipt [A-Za-z0-9+/]{4}/, '/receipt AAAA'))),
    ],
    [
      'an entry changed',
      'checkpoint_differs',
      sealed(() => edit(parts, first, (text) => text.replace('"outcome":"allow"', '"outcome":"expired"'))),
    ],
    ['entries swapped', 'checkpoint_differs', sealed(() => edit(parts, first, swapped))],
    [
      'its first entry left out',
      'checkpoint_differs',
      sealed(() => edit(parts, first, (text) => text.slice(text.indexOf('\n') + 1))),
    ],
    [
      'its last entry left out',
      'opening_without_entry',
      sealed(() => edit(parts, first, (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1))),
    ],
    [
      'an entry too many',
      'entry_missing',
      sealed(() => edit(parts, first, (text) => text + text.slice(0, text.indexOf('\n') + 1))),
    ],
    [
      'an entry withheld',
      'entry_withheld',
      sealed(() => edit(parts, first, (text) => `#${'A'.repeat(43)}=${text.slice(text.indexOf('\n'))}`)),
    ],
    [
      'a payload changed',
      'opening_differs',
      sealed(() => edit(parts, 'openings/000000.jsonl', (text) => text.replace('naïve', 'naive'))),
    ],
    [
      'what lists show of it changed',
      'opening_differs',
      sealed(() => edit(parts, 'openings/000000.jsonl', (text) => text.replace('<b>A-17', '<b>A-18'))),
    ],
    [
      'a payload of no entry here',
      'opening_without_entry',
      sealed(() => edit(parts, 'openings/000000.jsonl', (text) => text.replace(/"index":\d+/, '"index":99999'))),
    ],
    [
      'a boundary changed',
      'boundary_differs',
      sealed(() => edit(parts, 'boundaries.jsonl', (text) => text.replace('crm.delete_all', 'crm.delete_one'))),
    ],
    ['a boundary left out', 'boundary_missing', sealed(() => edit(parts, 'boundaries.jsonl', () => ''))],
    [
      'somebody given another role',
      'people_differ',
      sealed(() => edit(parts, 'people.json', (text) => text.replace('"administrator"', '"ciso"'))),
    ],
    [
      'another owner',
      'people_differ',
      sealed(() => edit(parts, 'people.json', (text) => text.replaceAll(agent.personId, auditor.id))),
    ],
    [
      'another sample',
      'sample_differs',
      sealed(() => edit(parts, 'sample.json', (text) => text.replace(/"drawn":\[\d+/, '"drawn":[1'))),
    ],
    [
      'another seed',
      'sample_differs',
      sealed(() => edit(parts, 'sample.json', (text) => text.replace(/"seed":"[0-9a-f]/, '"seed":"x'))),
    ],
    [
      'a period it does not reach around',
      'period_not_covered',
      sealed(
        () => parts,
        (old) => ({
          ...old,
          query: { text: '', from: '2026-01-01T00:00:00.000Z', to: '2046-01-01T00:00:00.000Z' },
          made: { ...(old as { made: object }).made, entry: 1e9 },
        }),
      ),
    ],
    [
      'another query than was recorded',
      'query_differs',
      sealed(
        () => parts,
        (old) => ({ ...old, query: { ...(old as { query: object }).query, text: 'agent:somebody' } }),
      ),
    ],
    [
      'a checkpoint that says otherwise',
      'checkpoint_differs',
      sealed(
        () => edit(parts, 'checkpoints.jsonl', (text) => forked(text, ledger)),
        (old) => ({ ...old, head: { ...(old as { head: object }).head, root: Buffer.alloc(32).toString('base64') } }),
      ),
    ],
    [
      'a support entry at another place',
      'not_included',
      sealed(() =>
        edit(parts, 'support-proofs/000000.jsonl', (text) =>
          text.replace(/"index":(\d+)/, (_, n) => `"index":${Number(n) + 1}`),
        ),
      ),
    ],
  ]
  it.each(broken)('%s', async (what, code, make) => {
    const verdict = await verifyBundle(make(what.replaceAll(/\W/g, '-')))
    expect(verdict).toMatchObject({ whole: false, code })
  })

  it('an action allowed while everything was halted', async () => {
    await engage({ scope: 'organisation', reason: 'test', by: ciso.id, now: new Date() })
    await append(pools.app, {
      kind: 'action.decided',
      actor: 'agent',
      agent: agent.agentId,
      outcome: 'allow',
      reason: 'autonomous',
    })
    const verdict = await verifyBundle(await take({}, 'halted'))
    expect(verdict).toMatchObject({ whole: false, code: 'allowed_while_halted' })
  })
})
