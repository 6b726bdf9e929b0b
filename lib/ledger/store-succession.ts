import type pg from 'pg'

/** Writes the entry of a succession and where to find it. On the owner's login: no other may insert into ledger.succession. */
export async function insertSuccession(
  owner: pg.ClientBase,
  entry: { id: string; envelope: Buffer },
  keys: { old: string; new: string },
): Promise<void> {
  await owner.query('SELECT ledger.append($1::uuid, $2::bytea, NULL::uuid, NULL::bytea, NULL::jsonb)', [
    entry.id,
    entry.envelope,
  ])
  await owner.query(
    `INSERT INTO ledger.succession (n, entry_id, old_vkey, new_vkey)
     SELECT coalesce(max(n), 0) + 1, $1, $2, $3 FROM ledger.succession`,
    [entry.id, keys.old, keys.new],
  )
}
