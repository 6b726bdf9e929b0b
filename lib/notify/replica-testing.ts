import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { TestDatabase } from '@/lib/db/testing'
import { ledgerKeys } from '@/lib/ledger/keys'
import { openLedger } from '@/lib/ledger/start'
import type { Sends } from './child-testing'

/**
 * Opens the ledger of this test, and answers what starts a replica of it in a process of its own that does nothing but send. Those
 * still alive after a test are killed.
 */
export async function replicasOf(
  database: TestDatabase,
  sends: Sends,
): Promise<(leaseMs: number) => Promise<ChildProcess>> {
  const seeds = {
    checkpoint: randomBytes(32),
    receipt: randomBytes(32),
    payload: randomBytes(32),
    commitment: randomBytes(32),
  }
  const hex = Object.fromEntries(Object.entries(seeds).map(([name, seed]) => [name, seed.toString('hex')]))
  const bundle = path.resolve(import.meta.dirname, `../../node_modules/.${sends}-child-${process.pid}.mjs`)
  const children: ChildProcess[] = []
  beforeAll(async () => {
    await build({
      ...{ entryPoints: [path.resolve(import.meta.dirname, 'child-testing.ts')], outfile: bundle, bundle: true },
      ...{ platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
    })
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })
  afterAll(() => {
    rmSync(bundle, { force: true })
  })
  await openLedger(database.pools.app, ledgerKeys(seeds))
  return async (leaseMs) => {
    const child = spawn(process.execPath, [bundle], { stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(child)
    child.stdin.write(`${JSON.stringify({ sends, urls: database.urls, seeds: hex, leaseMs })}\n`)
    await new Promise((resolve) => child.stdout.once('data', resolve))
    return child
  }
}
