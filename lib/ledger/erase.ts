import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { append } from '@/lib/ledger/append'
import { forgetKey } from '@/lib/ledger/subject-key'
import {
  countUnder,
  deleteOrphans,
  deletePayload,
  destroyKey,
  holdOnEntry,
  holdUnderKey,
  insertErasure,
  type Held,
} from '@/lib/ledger/store-payload'

/** Why something is erased: the words of whoever does it, and the ground it rests on. Neither may name the person it is about. */
export interface Ground {
  reason: string
  basis: string
}

const BATCH = 20_000

/**
 * Destroys the key of a subject, and with it every payload sealed under it: one row, so it is done at once, whatever there is. What lists
 * show goes with it. Entry and destruction commit together. Runs as the jobs login: the app's cannot (ADR 0015).
 * @returns how many payloads cannot be read any more, and the entry that says so
 * @throws Fault `not_found` when there is no such living key, `wrong_state` while a legal hold lies on any of it
 */
export async function eraseSubject(
  jobs: pg.Pool,
  by: string,
  keyId: string,
  ground: Ground,
): Promise<{ payloads: number; entry: string }> {
  const done = await within(jobs, async (client) => {
    // A payload written meanwhile under this key waits for nobody: it is unreadable the moment it commits.
    if (!(await destroyable(client, keyId))) throw fault('not_found')
    const held = await holdUnderKey(client, keyId)
    if (held) throw heldBack(held)
    const { payloads } = (await countUnder(client, keyId)) ?? { payloads: 0 }
    await destroyKey(client, keyId)
    const { id } = await append(client, {
      kind: 'payload.erased',
      actor: `person:${by}`,
      about: { subject: keyId },
      subject: 'organisation',
      payload: { ...ground, payloads },
    })
    await insertErasure(client, { entry: id, key: keyId, target: null, person: by, payloads })
    await deleteOrphans(client, BATCH)
    return { payloads, entry: id }
  })
  forgetKey(keyId)
  await sweepOrphans(jobs)
  return done
}

/**
 * Deletes the payload of one entry with what lists show of it. @throws Fault `not_found` when it has none, `wrong_state` under a legal hold
 */
export function eraseEntry(jobs: pg.Pool, by: string, entryId: string, ground: Ground): Promise<{ entry: string }> {
  return within(jobs, async (client) => {
    const held = await holdOnEntry(client, entryId)
    if (held) throw heldBack(held)
    if (!(await deletePayload(client, entryId))) throw fault('not_found')
    const { id } = await append(client, {
      kind: 'payload.erased',
      actor: `person:${by}`,
      about: { entry: entryId },
      subject: 'organisation',
      payload: { ...ground, payloads: 1 },
    })
    await insertErasure(client, { entry: id, key: null, target: entryId, person: by, payloads: 1 })
    return { entry: id }
  })
}

/** Deletes what lists still show of payloads whose key is destroyed, batch by batch; answers how many. */
export async function sweepOrphans(jobs: pg.Pool): Promise<number> {
  let all = 0
  for (;;) {
    const gone = await deleteOrphans(jobs, BATCH)
    all += gone
    if (gone < BATCH) return all
  }
}

async function destroyable(client: pg.ClientBase, keyId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM ledger.subject_key WHERE id = $1 AND destroyed_at IS NULL FOR UPDATE',
    [keyId],
  )
  return rowCount === 1
}

function heldBack({ scope, reason }: Held) {
  return fault('wrong_state', {
    detail: `A legal hold lies on ${scope === 'agent' ? 'an agent' : 'a run'} this belongs to: “${reason}”. It has to be lifted first.`,
  })
}

/** One transaction of the jobs login. */
export async function within<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const answer = await work(client)
    await client.query('COMMIT')
    return answer
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}
