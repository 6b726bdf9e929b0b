import { deciding, decideMany } from './deciding'
import type { Figure, Run } from './bench'
import { pool } from '@/lib/db/pool'
import { sequenceOnce } from '@/lib/ledger/sequence'

const COUNT = Number(process.env['BENCH_DECISIONS'] ?? 30_000)
const FIRST = 2_000

/**
 * Bytes on disk a decision (DESIGN §9: at most 3,000), with every table and index of the database: what it grew by between a first
 * 2,000 decisions and the last, after a VACUUM as autovacuum runs it. A tenth of them are held, so an approval of each is in it.
 */
export const run: Run = ({ root, say }) =>
  deciding(root, async (over) => {
    const { database, ledger } = over
    const settle = async () => {
      for (;;) {
        const sequenced = await sequenceOnce(pool('sequencer'), ledger, null)
        if (sequenced.state !== 'done') throw new Error(`the sequencer is ${sequenced.state}`)
        if (sequenced.taken === 0) break
      }
      await database.superuser.query('VACUUM')
      const { rows } = await database.superuser.query<{ name: string; kind: string; bytes: string }>(SIZES)
      return new Map(rows.map(({ name, kind, bytes }) => [`${kind} ${name}`, Number(bytes)]))
    }
    await decideMany(over, FIRST, 64)
    const before = await settle()
    const { decided, perSecond } = await decideMany(over, COUNT, 64)
    say(`${decided.toLocaleString('en')} decisions at ${Math.round(perSecond).toLocaleString('en')} a second`)
    const after = await settle()
    const grown = [...after]
      .map(([name, bytes]) => ({ name, each: (bytes - (before.get(name) ?? 0)) / decided }))
      .sort((a, b) => b.each - a.each)
    const figures: Figure[] = [
      {
        figure: 'bytes on disk a decision, every table and index',
        value: grown.reduce((sum, { each }) => sum + each, 0),
        unit: 'B',
        budget: { at: 'most', is: 3_000 },
      },
    ]
    for (const { name, each } of grown.filter((one) => one.each >= 1))
      figures.push({ figure: `of these: ${name}`, value: each, unit: 'B' })
    return figures
  })

/** Every relation with what it keeps beside itself (free space map, TOAST), partitions counted with their parents. */
const SIZES = `
  SELECT regexp_replace(n.nspname || '.' || c.relname, '_[0-9]{4}_[0-9]{2}', '') AS name,
         CASE c.relkind WHEN 'i' THEN 'index' ELSE 'table' END AS kind,
         sum(CASE c.relkind WHEN 'i' THEN pg_relation_size(c.oid) ELSE pg_table_size(c.oid) END) AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'i') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   GROUP BY 1, 2`
