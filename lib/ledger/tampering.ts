import type pg from 'pg'

/**
 * Does as a superuser what no login can, with every trigger of the ledger switched off; looks at the result from inside
 * the same transaction, and undoes all of it. For tests that show that such a change is found.
 */
export async function tampered<T>(
  superuser: pg.Pool,
  change: (client: pg.ClientBase) => Promise<void>,
  look: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = await superuser.connect()
  try {
    await client.query('BEGIN')
    await withoutTriggers(client, change)
    return await look(client)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

/** The same, for good. */
export async function tamper(superuser: pg.Pool, change: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  const client = await superuser.connect()
  try {
    await client.query('BEGIN')
    await withoutTriggers(client, change)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}

async function withoutTriggers(client: pg.ClientBase, change: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ guarded: string; name: string; state: string }>(
    `SELECT t.tgrelid::regclass::text AS guarded, quote_ident(t.tgname) AS name, t.tgenabled::text AS state
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'ledger' AND NOT t.tgisinternal`,
  )
  for (const { guarded, name } of rows) await client.query(`ALTER TABLE ONLY ${guarded} DISABLE TRIGGER ${name}`)
  await change(client)
  for (const { guarded, name, state } of rows) {
    await client.query(`ALTER TABLE ONLY ${guarded} ENABLE ${state === 'A' ? 'ALWAYS ' : ''}TRIGGER ${name}`)
  }
}
