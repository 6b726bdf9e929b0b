import type pg from 'pg'
import type { GateEntry } from '@/lib/db/gate'
import type { Decision } from '@/lib/decisions/decision'
import type { Cap, Taken } from '@/lib/decisions/limits'
import { saidOf } from '@/lib/ledger/payload'

/** One judged action, ready to be recorded. Its id is its entry's (ADR 0002). */
export type DecideItem = {
  /** the epoch its facts were loaded under */
  epoch: bigint
  agentId: string
  runId: string | null
  credentialId: string
  boundaryId: string | null
  decision: Decision
  reasonCode: string
  rule: string | null
  digest: Buffer
  sameness: Buffer
  grant: { hash: Buffer; endsAt: Date } | null
  /** judged as if nothing it has read were untrusted */
  clean: boolean
  /** it reports untrusted content */
  taints: boolean
  idempotency: { keyHash: Buffer; bodyHash: Buffer } | null
  /** `asker`: an e-mail address the agent named as the requester's */
  approval: { id: string; endsAt: Date; rule: { seats: number } & Record<string, unknown>; asker: string | null } | null
  /** what an allow is counted under; a hold is only told which of them it would pass */
  caps: readonly Cap[]
  entry: GateEntry
}

/** What became of one item; the words are explained in the migration. */
export type DecideRow = {
  result: 'recorded' | 'moved' | 'tainted' | 'run_ended' | 'limited' | 'replay' | 'same' | 'full'
  epoch: string
  action: string
  body: Buffer | null
  detail: string | null
}

const COLUMNS = 36
const DECIDE = `SELECT result, epoch::text AS epoch, action::text AS action, body, detail FROM decide(${Array.from({ length: COLUMNS }, (_, i) => `$${i + 1}`).join(', ')}) ORDER BY at`

/**
 * Records a batch in one autocommit call under lock K shared (DESIGN §4). Rows answer the items in order. Rejects with the
 * database's error when nothing was written; SQLSTATE `CS001` means that the clocks differ by more than 2 s.
 * @param now this machine's clock, read just before
 */
export async function recordBatch(connections: pg.Pool, items: readonly DecideItem[], now: Date): Promise<DecideRow[]> {
  const caps = items.flatMap(({ caps: each }, i) => each.map((cap) => ({ item: i + 1, ...cap })))
  const column = <T>(of: (item: DecideItem) => T) => items.map(of)
  const values = [
    now,
    column(({ epoch }) => epoch.toString()),
    column(({ entry }) => entry.id),
    column(({ agentId }) => agentId),
    column(({ runId }) => runId),
    column(({ credentialId }) => credentialId),
    column(({ boundaryId }) => boundaryId),
    column(({ decision }) => decision),
    column(({ reasonCode }) => reasonCode),
    column(({ rule }) => rule),
    column(({ digest }) => digest),
    column(({ sameness }) => sameness),
    column(({ grant }) => grant?.hash ?? null),
    column(({ grant }) => grant?.endsAt ?? null),
    column(({ clean }) => clean),
    column(({ taints }) => taints),
    column(({ idempotency }) => idempotency?.keyHash ?? null),
    column(({ idempotency }) => idempotency?.bodyHash ?? null),
    column(({ approval }) => approval?.id ?? null),
    column(({ approval }) => approval?.endsAt ?? null),
    column(({ approval }) => (approval ? JSON.stringify(approval.rule) : null)),
    column(({ approval }) => approval?.asker ?? null),
    caps.map(({ item }) => item),
    caps.map(({ window }) => window),
    caps.map(({ cap }) => cap),
    caps.map(({ amount }) => amount),
    column(({ entry }) => entry.envelope),
    column(({ entry }) => entry.payload?.subject ?? null),
    column(({ entry }) => entry.payload?.ciphertext ?? null),
    column(({ entry }) => entry.projection?.['tool'] ?? null),
    column(({ entry }) => entry.projection?.['resource_type'] ?? null),
    column(({ entry }) => entry.projection?.['resource_id'] ?? null),
    column(({ entry }) => entry.projection?.['requester'] ?? null),
    column(({ entry }) => entry.projection?.['requester_proof'] ?? null),
    column(({ entry }) => entry.projection?.['sentence'] ?? null),
    column(({ entry }) => saidOf(entry.projection)),
  ]
  const { rows } = await connections.query<DecideRow>({ name: 'decide', text: DECIDE, values })
  return rows
}

/** Consumes a grant under lock K, with its entry; or says why it does not stand, having changed nothing. */
export async function consumeGrant(
  connections: pg.Pool,
  actionId: string,
  hash: Buffer,
  entry: Pick<GateEntry, 'id' | 'envelope'>,
): Promise<'consumed' | 'unknown' | 'used' | 'expired' | 'revoked' | 'halted' | 'run_ended'> {
  const { rows } = await connections.query<{ answer: Awaited<ReturnType<typeof consumeGrant>> }>({
    name: 'grant-consume',
    text: 'SELECT grant_consume($1, $2, $3, $4) AS answer',
    values: [actionId, hash, entry.id, entry.envelope],
  })
  return rows[0]?.answer ?? 'unknown'
}

/** What giving a grant takes. `clean`: judged as if nothing it has read were untrusted. */
export type GrantGift = {
  actionId: string
  agentId: string
  epoch: bigint
  boundaryId: string | null
  clean: boolean
  hash: Buffer
  endsAt: Date
  /** what an approved action takes of the agent's limits, the first time its grant is given; a null cap is counted and not checked */
  takes: readonly Taken[]
  entry: Pick<GateEntry, 'id' | 'envelope'>
}

/** Gives an action's grant under lock K; answers `granted`, `moved`, `tainted`, `run_ended`, `limited`, or why not. */
export async function giveGrant(connections: pg.Pool, gift: GrantGift, now: Date): Promise<string> {
  const { rows } = await connections.query<{ answer: string }>({
    name: 'grant-give',
    text: 'SELECT grant_give($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS answer',
    values: [
      now,
      gift.actionId,
      gift.agentId,
      gift.epoch.toString(),
      gift.boundaryId,
      gift.clean,
      gift.hash,
      gift.endsAt,
      gift.entry.id,
      gift.entry.envelope,
      gift.takes.map(({ window }) => window),
      gift.takes.map(({ amount }) => amount),
      gift.takes.map(({ cap }) => cap),
    ],
  })
  return rows[0]?.answer ?? 'not_found'
}
