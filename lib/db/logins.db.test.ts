import { describe, expect, it } from 'vitest'
import { ensureLogins, JOBS_SCHEMA } from '@/lib/db/logins'
import { testDatabase } from '@/lib/db/testing'

const { pools, urls } = await testDatabase()

describe('the logins of a database', () => {
  it('are four different roles, none of them a superuser or able to make roles', async () => {
    const names = new Set<string>()
    for (const login of ['owner', 'app', 'sequencer', 'jobs'] as const) {
      const { rows } = await pools[login].query<{ name: string; powers: boolean }>(
        'SELECT rolname AS name, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls AS powers FROM pg_roles WHERE rolname = current_user',
      )
      expect(rows[0]?.powers).toBe(false)
      names.add(rows[0]?.name ?? '')
    }
    expect(names.size).toBe(4)
  })

  it('leave the schema of the job queue to the jobs login alone', async () => {
    const { rows } = await pools.app.query<{ owner: string }>(
      'SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1',
      [JOBS_SCHEMA],
    )
    expect(rows[0]?.owner).toMatch(/_jobs$/)
    await expect(pools.app.query(`CREATE TABLE ${JOBS_SCHEMA}.mine (x int)`)).rejects.toMatchObject({ code: '42501' })
  })

  it('do not let the app change the structure of the database', async () => {
    await expect(pools.app.query('CREATE TABLE mine (x int)')).rejects.toMatchObject({ code: '42501' })
  })

  it('are made again without changing anything, and follow a changed password', async () => {
    const name = 'second'
    const roles = { owner: `${name}_owner`, app: `${name}_app`, sequencer: `${name}_sequencer`, jobs: `${name}_jobs` }
    const passwords = { owner: 'a', app: 'b', sequencer: 'c', jobs: 'd' }
    const stored = async () =>
      (
        await pools.superuser.query<{ rolpassword: string }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [
          roles.app,
        ])
      ).rows[0]
    await pools.superuser.query('CREATE DATABASE second')
    const url = new URL(urls.superuser)
    url.pathname = '/second'
    try {
      await ensureLogins(url.href, roles, passwords)
      const first = await stored()
      expect(first?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/)
      await ensureLogins(url.href, roles, passwords)
      expect(await stored()).toEqual(first)
      await ensureLogins(url.href, roles, { ...passwords, app: 'changed' })
      expect(await stored()).not.toEqual(first)
    } finally {
      await pools.superuser.query('DROP DATABASE second WITH (FORCE)')
      for (const role of Object.values(roles)) await pools.superuser.query(`DROP ROLE IF EXISTS ${role}`)
    }
  })
})
