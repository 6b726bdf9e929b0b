import { randomUUID } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { readDatabaseSettings } from '@/lib/db/env'
import { urlFor } from '@/lib/db/logins'
import { migrate } from '@/lib/db/migrate'
import { openDatabase, type OpenDatabase } from '@/lib/db/open'
import { refusePowerfulLogin } from '@/lib/db/separation'
import { testDatabase } from '@/lib/db/testing'

const { pools, urls } = await testDatabase()
const superuser = pools.superuser
const migrations = path.resolve('prisma/migrations')

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

/** An empty database that belongs to a login of its own, as an operator would hand it to us. */
async function given(attributes: string): Promise<{ name: string; url: string; superuserUrl: string }> {
  const name = `g_${randomUUID().slice(0, 8)}`
  const admin = `${name}_admin`
  await superuser.query(`CREATE ROLE ${admin} LOGIN ${attributes} PASSWORD 'given'`)
  await superuser.query(`CREATE DATABASE ${name} OWNER ${admin}`)
  undo.push(async () => {
    await superuser.query(`DROP DATABASE ${name} WITH (FORCE)`)
    const { rows } = await superuser.query<{ role: string }>(
      'SELECT rolname AS role FROM pg_roles WHERE rolname LIKE $1',
      [`${name}%`],
    )
    for (const { role } of rows) await superuser.query(`DROP ROLE ${role}`)
  })
  const here = new URL(urls.superuser)
  here.pathname = `/${name}`
  return { name, url: urlFor(here.href, admin, 'given'), superuserUrl: here.href }
}

const open = (env: Record<string, string>) => openDatabase(readDatabaseSettings(env), '/nowhere')

/** Migrates it, and says through whom it would serve. */
async function serveOn(database: OpenDatabase): Promise<{ servesAs: string; owns: boolean }> {
  await migrate(database.urls.owner, database.roles, migrations)
  const app = new pg.Pool({ connectionString: database.urls.app, max: 1 })
  // Its database is dropped under it at the end of the test.
  app.on('error', () => undefined)
  undo.push(() => app.end())
  await refusePowerfulLogin(app, database.separated)
  const { rows } = await app.query<{ servesAs: string; owns: boolean }>(
    `SELECT current_user::text AS "servesAs", (SELECT relowner::regrole::text = current_user FROM pg_class WHERE oid = 'ledger.entry'::regclass) AS owns`,
  )
  return rows[0]!
}

describe('DATABASE_URL alone', () => {
  it.each([
    ['a superuser', 'SUPERUSER'],
    ['a login that may make roles', 'CREATEROLE'],
  ])('of %s migrates, makes the logins and serves as the app', async (_who, attributes) => {
    const { name, url } = await given(attributes)
    const database = await open({ DATABASE_URL: url })
    expect(database.separated).toBe(true)
    expect(await serveOn(database)).toEqual({ servesAs: `${name}_app`, owns: false })
    // The second start finds everything, and makes nothing anew.
    const again = await open({ DATABASE_URL: url })
    expect(again.urls).toEqual(database.urls)
    expect(await migrate(again.urls.owner, again.roles, migrations)).toEqual([])
  })

  it('of a login that may not make roles is refused, unless the operator accepts one login for everything', async () => {
    const { name, url } = await given('')
    await expect(open({ DATABASE_URL: url })).rejects.toMatchObject({ code: 'logins_not_separate' })
    const database = await open({ DATABASE_URL: url, ALLOW_UNSEPARATED: '1' })
    expect(database.separated).toBe(false)
    expect(await serveOn(database)).toEqual({ servesAs: `${name}_admin`, owns: true })
  })
})

describe('DATABASE_URL with DATABASE_OWNER_URL', () => {
  it('serves as the one and migrates as the other', async () => {
    const { name, url } = await given('CREATEROLE')
    await superuser.query(`CREATE ROLE ${name}_web LOGIN PASSWORD 'web'`)
    const database = await open({ DATABASE_OWNER_URL: url, DATABASE_URL: urlFor(url, `${name}_web`, 'web') })
    expect(await serveOn(database)).toEqual({ servesAs: `${name}_web`, owns: false })
  })

  it('refuses to serve as the owner of the ledger', async () => {
    const { url } = await given('CREATEROLE')
    const database = await open({ DATABASE_OWNER_URL: url, DATABASE_URL: url })
    await expect(serveOn(database)).rejects.toMatchObject({ code: 'logins_not_separate' })
  })

  it('refuses to serve as a superuser, whatever was accepted', async () => {
    const { url, superuserUrl } = await given('CREATEROLE')
    const database = await open({ DATABASE_OWNER_URL: url, DATABASE_URL: superuserUrl, ALLOW_UNSEPARATED: '1' })
    await expect(serveOn(database)).rejects.toMatchObject({ code: 'logins_not_separate' })
  })
})

describe('what cannot be reached', () => {
  it('is said without the password', async () => {
    const wrong = urlFor(urls.app, new URL(urls.app).username, 'hunter2')
    await expect(open({ DATABASE_URL: wrong })).rejects.toMatchObject({ code: 'database_refused' })
    await expect(open({ DATABASE_URL: wrong })).rejects.not.toThrow(/hunter2/)
    const nowhere = new URL(urls.app)
    nowhere.pathname = '/nowhere'
    await expect(open({ DATABASE_URL: nowhere.href })).rejects.toMatchObject({ code: 'database_missing' })
  })
})
