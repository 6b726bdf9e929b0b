import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { percentile, timed, type Figure, type Run } from './bench'
import { benchDatabase } from './database'
import { fillLedger } from './entries'
import { facets } from '@/lib/audit/facets'
import { SCREEN_MS } from '@/lib/audit/bounded'
import { PAGE_ROWS } from '@/lib/audit/row'
import { histogram, inView, searchEntries, type View } from '@/lib/audit/search'
import { findIds } from '@/lib/audit/store-search'
import type { Field, Range, Term, Value } from '@/lib/audit/term'
import { queryOne } from '@/lib/ledger/sql'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'

const COUNT = Number(process.env['BENCH_ENTRIES'] ?? 10_000_000)
const ROUNDS = 25

const auditor: Actor = {
  id: '00000000-0000-7000-8001-000000000001',
  name: 'Bench',
  email: 'bench@bench.example',
  roles: ['auditor'],
  teamId: null,
  team: null,
  onCall: false,
  deactivated: false,
  readOnly: false,
  via: { kind: 'session', id: '00000000-0000-7000-8001-000000000001' },
}

const exact = (text: string): Value => ({ is: 'exact', text })
const glob = (text: string): Value => ({ is: 'glob', text })
const over = (from: number): Value => ({ is: 'range', from, to: null, fromIncluded: false, toIncluded: false })
const term = (field: Field, value: Value): Term => ({ type: 'field', field, negated: false, values: [value] })
const text = (said: string): Term => ({ type: 'text', negated: false, text: said })

/** One condition of every field, common and rare. */
const SINGLE: readonly (readonly [string, (n: number) => Term])[] = [
  ['agent, busy', () => term('agent', exact('agent-1'))],
  ['agent, any', (n) => term('agent', exact(`agent-${String(1 + ((n * 37) % 200))}`))],
  ['owner', (n) => term('owner', exact(`person-${String(1 + (n % 40))}`))],
  ['by', (n) => term('by', exact(`person-${String(1 + (n % 40))}`))],
  ['env', () => term('env', exact('test'))],
  ['kind, common', () => term('kind', exact('action.decided'))],
  ['kind, rare', () => term('kind', glob('approval.rej*'))],
  ['outcome, common', () => term('outcome', exact('allow'))],
  ['outcome, 1 %', () => term('outcome', exact('failed'))],
  ['reason, common', () => term('reason', exact('autonomous'))],
  ['reason, 1 in 1,000', () => term('reason', exact('never'))],
  ['reason, 1 in 10,000', () => term('reason', exact('secret_in_arguments'))],
  ['rule', (n) => term('rule', exact(`never[${String(n % 5)}]`))],
  ['action', (n) => term('action', exact(`edr.tool_${String(1 + ((n * 4) % 60))}`))],
  ['action by pattern', () => term('action', glob('edr.*'))],
  ['access', () => term('access', exact('write'))],
  ['resource', (n) => term('resource', exact(`r-${String(n * 1000)}`))],
  ['resource that never was', () => term('resource', exact('host/none'))],
  ['requester', (n) => term('requester', exact(`user-${String((n * 4) % 500)}@corp.example`))],
  ['signal', (n) => term('signal', exact(`signal ${String((n * 5) % 200)}`))],
  ['intel', (n) => term('intel', exact(`feed ${String((n * 25) % 40)}`))],
  ['skill', () => term('skill', exact('skill-5'))],
  ['confidence', () => term('confidence', over(0.94))],
  ['amount', () => term('amount', over(9_990))],
  [
    'boundary',
    (n) => term('boundary', { is: 'range', from: 1 + (n % 7), to: 1 + (n % 7), fromIncluded: true, toIncluded: true }),
  ],
  ['label', () => term('label', exact('drill'))],
]

/**
 * The explorer over ten million entries of ninety days: the first page of every single filter, free text, histograms, facets and deep
 * pages. Times are of the whole read in one snapshot, on a warm database: several statements and their round trips.
 */
export const run: Run = async ({ root, say }) => {
  const folder = path.join(root, '.data/bench-explorer')
  const done = path.join(folder, 'filled')
  const database = await benchDatabase(root, folder)
  try {
    if (!existsSync(done) || readFileSync(done, 'utf8') !== String(COUNT)) {
      const since = performance.now()
      await fillLedger(database.superuser, COUNT, say)
      writeFileSync(done, String(COUNT))
      say(`filled in ${Math.round((performance.now() - since) / 1000).toLocaleString('en')} s`)
    }
    const range: Range = { from: new Date(Date.now() - 100 * 86_400_000), to: new Date(Date.now() + 86_400_000) }
    const view = (...terms: Term[]): View => ({ terms, range })
    const plain = await spread(() => searchEntries(auditor, view()))
    const figures: Figure[] = [{ figure: 'first page of everything, p95', value: plain, unit: 'ms' }]
    for (const [name, make] of SINGLE) {
      const whole = await spread((n) => searchEntries(auditor, view(make(n))))
      figures.push({ figure: `the whole page: ${name}, p95`, value: whole, unit: 'ms' })
      const value = await databaseSpread((n) => view(make(n)))
      figures.push({
        figure: `one filter, in the database: ${name}, p95`,
        value,
        unit: 'ms',
        budget: { at: 'most', is: 50 },
      })
    }
    for (const [name, said] of [
      ['rare words', 'unusual penguin'],
      ['common words', 'as planned'],
      ['one item', 'item 00ab1f'],
    ] as const) {
      const value = await spread(() => searchEntries(auditor, view(text(said))))
      figures.push({ figure: `free text: ${name}, p95`, value, unit: 'ms', budget: { at: 'most', is: 300 } })
    }
    for (const [name, terms] of [
      ['everything', []],
      ['one agent', [term('agent', exact('agent-40'))]],
      ['one outcome', [term('outcome', exact('allow'))]],
      ['tools by pattern', [term('action', glob('edr.*'))]],
      ['words', [text('unusual penguin')]],
    ] as const) {
      const value = await spread(() => histogram(auditor, view(...terms)), 5)
      figures.push({
        figure: `histogram of ninety days: ${name}, p95`,
        value,
        unit: 'ms',
        budget: { at: 'most', is: 300 },
      })
    }
    figures.push({
      figure: 'facets of everything, p95',
      value: await spread(() => facets(auditor, view()), 5),
      unit: 'ms',
    })
    const deep = await queryOne<{ id: string }>(
      db(),
      `SELECT 'ent_' || replace(entry_id::text, '-', '') AS id FROM ledger.leaf WHERE idx = $1::bigint`,
      [Math.floor(COUNT / 10)],
    )
    for (const [name, terms] of [
      ['everything', []],
      ['one agent', [term('agent', exact('agent-1'))]],
      ['outcome 1 %', [term('outcome', exact('failed'))]],
    ] as const) {
      const first = await spread(() => searchEntries(auditor, view(...terms)))
      const last = await spread(() => searchEntries(auditor, view(...terms), { before: deep?.id ?? '' }))
      figures.push({
        figure: `a page nine tenths down ÷ the first: ${name}`,
        value: last,
        unit: 'ms',
        ceiling: first,
        ratio: last / first,
        budget: { at: 'most', is: 2 },
      })
    }
    return figures
  } finally {
    await database.stop()
  }
}

async function spread(read: (n: number) => Promise<unknown>, rounds = ROUNDS): Promise<number> {
  // A search that was cut off counts with the time it had.
  const once = (n: number) =>
    timed(() =>
      read(n).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'too_slow') throw error
      }),
    )
  await once(0)
  const times: number[] = []
  for (let n = 0; n < rounds; n++) times.push(await once(n))
  return percentile(times, 0.95)
}

/** The statements that find a page, without the frame around them: what the budget is about. */
async function databaseSpread(asked: (n: number) => View): Promise<number> {
  const times: number[] = []
  for (let n = 0; n <= ROUNDS; n++) {
    const answer = await inView(auditor, asked(n), (sql, compiled, span) =>
      timed(() => findIds(sql, compiled, span, { limit: PAGE_ROWS + 1, oldestFirst: false })),
    ).catch((error: unknown) => {
      if ((error as { code?: string }).code !== 'too_slow') throw error
      return { ok: true as const, found: SCREEN_MS }
    })
    // the first one warms
    if (n > 0 && answer.ok) times.push(answer.found)
  }
  return percentile(times, 0.95)
}
