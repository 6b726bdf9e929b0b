import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { verifyBundle } from '@/clients/verifier/verify'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { append } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { deflated, edit, forked, partsOf, reseal, swapped, write, type Part } from './bundle-testing'
import { evidenceWorld } from './world-testing'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const world = await evidenceWorld(database, ledger)
const { agent, auditor, ciso, folder, take } = world
afterAll(world.end)
const complete = await take({ agent: agent.slug, sample: 5 }, 'complete')
const parts = partsOf(complete)

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
