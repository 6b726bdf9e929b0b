import { runMigrations } from 'graphile-worker'
import pg from 'pg'
import { JOBS_SCHEMA } from '@/lib/db/logins'
import { reach } from '@/lib/db/reach'

/**
 * Installs the job queue through the jobs login, so that it owns every table of it. Postgres asks for CREATE on the database
 * even for `CREATE SCHEMA IF NOT EXISTS` of a schema that is there, so the login holds it for as long as this takes.
 * Running it again does nothing.
 */
export async function installQueue(adminUrl: string, jobsUrl: string, jobsRole: string): Promise<void> {
  await reach(adminUrl, async (client) => {
    const found = await client.query<{ database: string; missing: boolean }>(
      'SELECT current_database() AS database, to_regclass($1) IS NULL AS missing',
      [`${JOBS_SCHEMA}.migrations`],
    )
    const state = found.rows[0]
    if (state?.missing !== true) return
    const right = `CREATE ON DATABASE ${pg.escapeIdentifier(state.database)}`
    const jobs = pg.escapeIdentifier(jobsRole)
    await client.query(`GRANT ${right} TO ${jobs}`)
    try {
      await runMigrations({ connectionString: jobsUrl, schema: JOBS_SCHEMA })
    } finally {
      await client.query(`REVOKE ${right} FROM ${jobs}`)
    }
  })
}
