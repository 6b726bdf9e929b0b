import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { migrate, missingMigrations } from '@/lib/db/migrate'
import { testDatabase } from '@/lib/db/testing'

const { pools, urls } = await testDatabase()
const { roles } = inject('cluster')
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-migrations-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true })
  writeFileSync(path.join(folder, name, 'migration.sql'), sql)
}

const run = () => migrate(urls.owner, roles, folder)
const tables = async () =>
  (
    await pools.owner.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relname LIKE 'm\\_%' ORDER BY 1",
    )
  ).rows.map(({ name }) => name)

describe('migrations', () => {
  it('are applied once, in the order of their names, and know the roles', async () => {
    write(
      '2_second',
      "DO $$ BEGIN EXECUTE format('GRANT SELECT ON m_first TO %I', current_setting('countersign.role_app')); END $$",
    )
    write('1_first', 'CREATE TABLE m_first (x int)')
    expect(await missingMigrations(pools.app, folder)).toEqual(['1_first', '2_second'])
    expect(await run()).toEqual(['1_first', '2_second'])
    expect((await pools.app.query('SELECT * FROM m_first')).rows).toEqual([])
    expect(await run()).toEqual([])
    expect(await missingMigrations(pools.app, folder)).toEqual([])
  })

  it('that two starts apply at once are applied once', async () => {
    write('3_third', 'CREATE TABLE m_third (x int)')
    const both = await Promise.all([run(), run()])
    expect(both.flat()).toEqual(['3_third'])
  })

  it('leave nothing when they break, and can be mended', async () => {
    write('4_fourth', 'CREATE TABLE m_fourth (x int); SELECT nonsense')
    await expect(run()).rejects.toMatchObject({ code: 'migration_failed' })
    expect(await tables()).not.toContain('m_fourth')
    write('4_fourth', 'CREATE TABLE m_fourth (x int)')
    expect(await run()).toEqual(['4_fourth'])
  })

  it('that were edited after they were applied stop the start', async () => {
    write('1_first', 'CREATE TABLE m_first (x bigint)')
    await expect(run()).rejects.toMatchObject({ code: 'migration_changed' })
    expect(await tables()).toContain('m_first')
  })
})
