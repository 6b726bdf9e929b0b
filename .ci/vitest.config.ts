import path from 'node:path'
import { defineConfig } from 'vitest/config'

const root = path.resolve(import.meta.dirname, '..')
const ignored = ['**/node_modules/**', '.next/**', 'dist/**', '.data/**', 'e2e/**']

// Zero retries: a flake is a bug. `unit` needs nothing; `db` gets one Postgres for the whole run (vitest.database.ts).
export default defineConfig({
  root,
  resolve: { alias: { '@': root } },
  test: {
    retry: 0,
    maxWorkers: 2,
    pool: 'forks',
    // Limits that only what hangs ever meets: no guarantee is about how fast a shared machine runs a test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      // Whole servers, started as a person would: needs the build (bin/test.mjs makes it).
      {
        extends: true,
        test: {
          name: 'start',
          include: ['bin/*.test.ts'],
          exclude: ignored,
          testTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}', '.ci/*.test.ts'],
          exclude: [...ignored, '**/*.db.test.ts', 'bin/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude: ignored,
          globalSetup: [path.join(root, '.ci/vitest.database.ts')],
        },
      },
    ],
  },
})
