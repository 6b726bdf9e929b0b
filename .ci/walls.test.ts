import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const house = mkdtempSync(path.join(tmpdir(), 'countersign-walls-'))
afterAll(() => {
  rmSync(house, { recursive: true, force: true })
})

/** Every file imports what it must not; the wall named beside it has to say so. */
const TRESPASSES: readonly [wall: string, file: string, source: string][] = [
  [
    'rooms-in-order: ledger',
    'lib/ledger/append.ts',
    "import { decide } from '@/lib/decisions/decide'\nexport const append = decide",
  ],
  [
    'rooms-in-order: people',
    'lib/people/type.ts',
    "import type { Decide } from '@/lib/decisions/decide'\nexport type Type = Decide",
  ],
  ['known-room', 'lib/boundary/use.ts', "export { helper } from '@/lib/utils/helper'"],
  ['lib-below', 'lib/runs/page.ts', "export { Button } from '@/components/ui/button'"],
  ['components-below', 'components/ui/page.ts', "export { Page } from '@/app/page'"],
  ['clients-apart', 'clients/sdk/db.ts', "export { db } from '@/lib/db/client'"],
  ['nobody-calls-clients', 'app/client.ts', "export { wait } from '@/clients/sdk/wait'"],
  ['proofs-are-for-browsers', 'lib/halt/prove.ts', "export { prove } from '@/clients/verifier/proof/prove'"],
  ['verifier-stands-alone', 'clients/verifier/borrow.ts', "export { hash } from '@/lib/core/hash'"],
  ['sdk-stands-alone', 'clients/sdk/borrow.ts', "export { hash } from '@/lib/core/hash'"],
  ['sdk-stands-alone', 'clients/sdk/depend.ts', "export { z } from 'zod'"],
  ['pages-and-protocols-apart', 'app/protocol.ts', "export { registerRoutes } from '@/lib/gateway/routes'"],
  ['protocols-and-pages-apart', 'lib/gateway/console.ts', "export { handle } from '@/lib/http/handle'"],
  ['store-is-private: agents', 'lib/decisions/peek.ts', "export { loadAgent } from '@/lib/agents/store'"],
  ['store-is-not-for-screens', 'app/store.ts', "export { loadAgent } from '@/lib/agents/store'"],
  ['no-next-in-lib', 'lib/halt/headers.ts', "export { headers } from 'next/headers'"],
  ['tests-only-in-tests', 'lib/halt/probe.ts', "export { testDatabase } from '@/lib/db/testing'"],
  ['no-dev-dependency', 'lib/halt/bench.ts', "export { default as load } from 'autocannon'"],
  ['no-orphans', 'lib/halt/left-over.ts', 'export const nobody = 1'],
  ['no-cycles', 'lib/tools/a.ts', "import { b } from '@/lib/tools/b'\nexport const a = () => b"],
  ['contract-is-for-browsers', 'lib/runs/contract.ts', "export { hash } from '@/lib/core/hash'"],
  ['components-are-for-browsers', 'components/runs/list.ts', "export { loadRuns } from '@/lib/runs/read'"],
  ['clients-hold-no-database', 'clients/cli/replay.ts', "export { loadRuns } from '@/lib/runs/read'"],
]

/** What the trespassers reach for; nothing here is wrong by itself. */
const NEIGHBOURS: Readonly<Record<string, string>> = {
  'lib/decisions/decide.ts': 'export const decide = 1\nexport type Decide = 1',
  'lib/utils/helper.ts': 'export const helper = 1',
  'lib/db/client.ts': 'export const db = 1',
  'lib/db/testing.ts': 'export const testDatabase = 1',
  'lib/agents/store.ts': 'export const loadAgent = 1',
  'lib/gateway/routes.ts': 'export const registerRoutes = 1',
  'lib/http/handle.ts': 'export const handle = 1',
  'lib/core/hash.ts': "import { createHash } from 'node:crypto'\nexport const hash = createHash",
  'lib/runs/read.ts': "import { db } from '@/lib/db/client'\nexport const loadRuns = db",
  'lib/tools/b.ts': "import { a } from '@/lib/tools/a'\nexport const b = () => a",
  'components/ui/button.ts': 'export const Button = 1',
  'clients/sdk/wait.ts': 'export const wait = 1',
  'clients/verifier/proof/prove.ts': 'export const prove = 1',
  'app/page.ts': 'export const Page = 1',
}

function write(file: string, source: string): void {
  mkdirSync(path.join(house, path.dirname(file)), { recursive: true })
  writeFileSync(path.join(house, file), `${source}\n`)
}

/** The violations of a set of walls, as `wall < file`. */
function violations(config: string): string[] {
  const cruise = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [
    cruise,
    '--config',
    path.join(root, '.ci', config),
    '--output-type',
    'json',
    'app',
    'components',
    'lib',
    'clients',
  ]
  const { stdout } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8', maxBuffer: 64_000_000 })
  const report = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string; severity: string } }[] }
  }
  return report.summary.violations.map(({ from, rule }) => `${rule.severity} ${rule.name} < ${from}`)
}

describe('the walls', () => {
  for (const [file, source] of Object.entries(NEIGHBOURS)) write(file, source)
  for (const [, file, source] of TRESPASSES) write(file, source)
  write(
    'tsconfig.json',
    '{ "compilerOptions": { "moduleResolution": "bundler", "module": "esnext", "paths": { "@/*": ["./*"] } } }',
  )
  write(
    'package.json',
    '{ "type": "module", "dependencies": { "next": "*" }, "devDependencies": { "autocannon": "*" } }',
  )
  symlinkSync(path.join(root, 'node_modules'), path.join(house, 'node_modules'))
  const found = [...violations('walls.cjs'), ...violations('walls-at-run-time.cjs')]

  it.each(TRESPASSES)('%s stops %s', (wall, file) => {
    expect(found).toContain(`error ${wall} < ${file}`)
  })

  it('let an innocent file be', () => {
    expect(found.filter((line) => line.endsWith('< lib/core/hash.ts'))).toEqual([])
  })
})
