import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { openFor, sealFor, type ChangingSecret } from '@/lib/core/sealed-secret'
import { makeWebhookSecret } from '@/lib/core/standard-webhooks'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import type { SourceInput } from './contract'
import { readAllowance } from './source'
import {
  endSource,
  findSource,
  findSources,
  insertSource,
  lockSources,
  setSourceSecret,
  type SourceRow,
} from './store-source'
import { TARGETS } from './targets'

const PURPOSE = 'countersign halt sources'
const MOST_SOURCES = 50
/** How long the old secret is taken beside the new one, so that the sender can change over. */
const CHANGE_OVER_MS = 24 * 3_600_000

/**
 * Makes a source outside that may engage halts of the scopes it is given (C31). Its signing secret is answered this once and never
 * shown again.
 * @throws Fault `already_exists` on `name`; `not_found` and `invalid_request` on `may`
 */
export async function makeSource(
  db: Db,
  by: string,
  { name, may }: SourceInput,
  now: Date,
): Promise<{ id: string; secret: string }> {
  for (const each of may) await refuseUnknown(db, each)
  await lockSources(db)
  const living = await findSources(db)
  if (living.some((one) => one.name.toLowerCase() === name.toLowerCase()))
    throw fault('already_exists', { field: 'name', detail: 'There is a source of this name.' })
  if (living.length >= MOST_SOURCES)
    throw fault('invalid_request', { field: 'name', detail: `At most ${MOST_SOURCES} sources. Revoke one first.` })
  const [id, secret] = [newId(now.getTime()), makeWebhookSecret()]
  await insertSource(db, { id, name, may, sealed: seal(id, { current: secret }), by, at: now })
  await append(db, {
    kind: 'halt_source.created',
    actor: `person:${by}`,
    about: { source: id },
    labels: [...new Set(may.map((each) => readAllowance(each)?.scope ?? 'organisation'))],
    subject: 'organisation',
    payload: { name, may },
  })
  return { id, secret }
}

/** A new secret, answered this once; the old one is taken for a day yet. @throws Fault `not_found` */
export async function rotateSource(db: Db, by: string, id: string, now: Date): Promise<{ secret: string }> {
  await lockSources(db)
  const row = await standing(db, id)
  const old = secretOf(row)
  const secret = makeWebhookSecret()
  const until = new Date(now.getTime() + CHANGE_OVER_MS).toISOString()
  const next = old === null ? { current: secret } : { current: secret, previous: { value: old.current, until } }
  await setSourceSecret(db, id, seal(id, next), now)
  await append(db, { kind: 'halt_source.rotated', actor: `person:${by}`, about: { source: id } })
  return { secret }
}

/** Ends a source at once: what it signs from now on is refused. Halts it engaged stay. @throws Fault `not_found` */
export async function revokeSource(db: Db, by: string, id: string, now: Date): Promise<void> {
  if (!(await endSource(db, id, now))) throw fault('not_found', { detail: 'There is no such source.' })
  await append(db, { kind: 'halt_source.revoked', actor: `person:${by}`, about: { source: id } })
}

/** The secrets of a source; null when they were sealed under another payload key. */
export function secretOf({ id, sealed }: Pick<SourceRow, 'id' | 'sealed'>): ChangingSecret | null {
  return openFor(PURPOSE, id, sealed, ledger().keys.payload)
}

function seal(id: string, secret: ChangingSecret): Buffer {
  return sealFor(PURPOSE, id, secret, ledger().keys.payload, randomBytes(12))
}

async function standing(db: Db, id: string): Promise<SourceRow> {
  const row = await findSource(db, id)
  if (row === null || row.revoked_at !== null) throw fault('not_found', { detail: 'There is no such source.' })
  return row
}

/** What is named has to be there, so that a mistake is seen now and not in the night. */
async function refuseUnknown(db: Db, text: string): Promise<void> {
  const one = readAllowance(text)
  if (one === null)
    throw fault('invalid_request', {
      field: 'may',
      detail: `${JSON.stringify(text)} is no scope. Say organisation, tool, or environment:staging.`,
    })
  if (one.name === null) return
  await TARGETS[one.scope](db, { [one.scope]: one.name }).catch((error: unknown) => {
    throw fault('not_found', { field: 'may', detail: `${text}: there is none of that name.`, cause: error })
  })
}
