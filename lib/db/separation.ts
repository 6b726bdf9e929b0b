import type pg from 'pg'
import { startError } from '@/lib/db/start-error'

/**
 * Refuses to serve through a login that could rewrite the ledger unseen: a superuser always, the owner of its tables unless
 * the operator accepted one login for everything (DESIGN §5). Throws `logins_not_separate`.
 */
export async function refusePowerfulLogin(app: pg.Pool, separated: boolean): Promise<void> {
  const { rows } = await app.query<{ name: string; superuser: boolean; owner: boolean }>(
    `SELECT rolname AS name, rolsuper OR rolreplication OR rolbypassrls AS superuser,
            EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = 'ledger' AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')) AS owner
       FROM pg_roles WHERE rolname = current_user`,
  )
  const login = rows[0]
  if (login === undefined || login.superuser) {
    throw startError(
      'logins_not_separate',
      `Countersign does not serve through ${login?.name ?? 'this login'}, which may bypass every rule of the database: use an ordinary login.`,
    )
  }
  if (login.owner && separated) {
    throw startError(
      'logins_not_separate',
      `Countersign does not serve through ${login.name}, which owns the tables of the ledger: give another login in DATABASE_URL.`,
    )
  }
}
