import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { benchDatabase, type BenchDatabase } from './database'
import { pool } from '@/lib/db/pool'
import type { Proposal } from '@/lib/decisions/contract'
import { Decider } from '@/lib/decisions/decide'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import type { Ledger } from '@/lib/ledger/handle'
import { ledgerKeys } from '@/lib/ledger/keys'
import { openLedger } from '@/lib/ledger/start'

/** A Postgres of its own with an open ledger, agents under signed boundaries, and the decider that a server would use. */
export type Deciding = { database: BenchDatabase; ledger: Ledger; decider: Decider; agents: Governed[]; folder: string }

const AGENTS = 8

/** Runs some work over it, and leaves nothing behind. */
export async function deciding<T>(root: string, work: (over: Deciding) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bench-deciding-'))
  const database = await benchDatabase(root, folder)
  try {
    const seed = () => randomBytes(32)
    const keys = ledgerKeys({ checkpoint: seed(), receipt: seed(), payload: seed(), commitment: seed() })
    const ledger = await openLedger(pool('app'), keys)
    if ('message' in ledger) throw new Error(ledger.message)
    const agents: Governed[] = []
    for (let i = 0; i < AGENTS; i++) agents.push(await governed(database.superuser))
    const decider = new Decider({ connections: pool('app'), publicUrl: () => new URL('http://localhost:3000') })
    return await work({ database, ledger, decider, agents, folder })
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Proposal number i: of every ten six are read, two noted, one held and one forbidden; each with arguments, half with reasons. */
export function proposalOf(i: number): Proposal {
  const tool = ['crm.get_order', 'crm.note', 'edr.isolate_host', 'crm.delete_all'][
    [0, 0, 1, 0, 2, 0, 1, 0, 3, 0][i % 10] ?? 0
  ]
  return {
    tool: tool ?? '',
    arguments: {
      order: `A-${String(100_000 + i)}`,
      amount: i % 900,
      currency: 'EUR',
      note: 'The parcel was not collected.',
    },
    resource: { type: 'order', id: `A-${String(100_000 + i)}` },
    on_behalf_of: { type: 'user', id: `user-${String(i % 500)}@corp.example` },
    ...(i % 2 === 0 && {
      reasoning: { summary: 'The customer asked where the order is.', signals: ['age', 'status'], confidence: 0.8 },
    }),
  }
}

/** Decides `count` proposals, `at` of them at a time, as so many connections would; answers how many a second it came to. */
export async function decideMany(
  { decider, agents }: Deciding,
  count: number,
  at: number,
  going: () => boolean = () => true,
): Promise<{ decided: number; perSecond: number }> {
  const since = performance.now()
  let next = 0
  let decided = 0
  const worker = async () => {
    while (next < count && going()) {
      const i = next++
      const agent = agents[i % agents.length]
      if (!agent) throw new Error('there is no agent')
      await decider.decide(agent.caller, proposalOf(i))
      decided += 1
    }
  }
  await Promise.all(Array.from({ length: at }, worker))
  return { decided, perSecond: decided / ((performance.now() - since) / 1000) }
}
