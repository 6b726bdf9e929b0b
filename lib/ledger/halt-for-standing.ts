import { newId } from '@/lib/core/ids'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import type { Standing } from '@/lib/ledger/guard'

type Fallen = Standing & { ok: false }

/**
 * Halts the organisation because the database is not the one that was signed: a halt may have been lost with the entries, and people
 * decide what to make of it (DESIGN §5). Already halted is as good: the halt that stands is not lifted by this.
 */
export async function haltForStanding(standing: Fallen): Promise<void> {
  const id = newId()
  const reason = standingSentence(standing)
  const entry = await prepareEntry(pool('app'), {
    kind: 'halt.engaged',
    actor: 'system',
    about: { halt: id },
    labels: ['organisation', `ledger_${standing.reason}`],
    payload: { reason },
    projection: { sentence: reason },
  })
  await applyChange('halt.engage', { id, scope: 'organisation', reason, by: null }, entry)
}

/** What is wrong, in one sentence. */
export function standingSentence({ reason, size, released }: Fallen): string {
  switch (reason) {
    case 'behind':
      return `The database holds ${size} ledger entries and a checkpoint over ${released} was let out: it was restored or failed over, and nothing more is signed.`
    case 'forked':
      return `The first ${released} ledger entries are not those a released checkpoint covers: nothing more is signed.`
    case 'unsigned':
      return 'The head of the ledger does not carry its own signature: somebody changed it, and nothing more is signed.'
    case 'superseded':
      return 'Another signing key took over while this server ran: nothing more is signed here. Start it again with the keys that belong to the ledger.'
    case 'unreadable':
      return 'The released checkpoint kept beside the database is damaged or was signed by another key: nothing more is signed.'
  }
}
