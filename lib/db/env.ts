import { z } from 'zod'
import { startError } from '@/lib/db/start-error'

const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/ })
  .refine((url) => new URL(url).pathname.length > 1, 'it names no database')

const schema = z.object({
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_OWNER_URL: postgresUrl.optional(),
  DATABASE_SEQUENCER_URL: postgresUrl.optional(),
  DATABASE_JOBS_URL: postgresUrl.optional(),
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  ALLOW_UNSEPARATED: z.enum(['0', '1']).default('0'),
})

/** What the environment says about the database; `null` where it says nothing (DESIGN §3). */
export type DatabaseSettings = {
  /** Serves; where `owner` is not given it also migrates and makes the logins. */
  url: string | null
  owner: string | null
  sequencer: string | null
  jobs: string | null
  /** The same database without a transaction pooler in between: LISTEN, jobs, migrations and halts go there. */
  direct: string | null
  allowUnseparated: boolean
}

/** Reads the database's settings. Throws `setting_invalid`; its sentence never repeats a value, which may hold a password. */
export function readDatabaseSettings(env: Readonly<Record<string, string | undefined>>): DatabaseSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0])
    const wanted = name === 'ALLOW_UNSEPARATED' ? '0 or 1' : 'a URL like postgresql://user:password@host:5432/database'
    throw startError('setting_invalid', `${name} is not ${wanted}.`)
  }
  const { data } = parsed
  if (data.DATABASE_URL === undefined && data.DATABASE_OWNER_URL !== undefined) {
    throw startError('setting_invalid', 'DATABASE_OWNER_URL is set without DATABASE_URL: set both, or neither.')
  }
  return {
    url: data.DATABASE_URL ?? null,
    owner: data.DATABASE_OWNER_URL ?? null,
    sequencer: data.DATABASE_SEQUENCER_URL ?? null,
    jobs: data.DATABASE_JOBS_URL ?? null,
    direct: data.DATABASE_DIRECT_URL ?? null,
    allowUnseparated: data.ALLOW_UNSEPARATED === '1',
  }
}
