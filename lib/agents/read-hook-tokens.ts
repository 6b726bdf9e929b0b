import { sha256 } from '@/lib/core/canonical'
import { publicId } from '@/lib/core/ids'
import { queryOne, type Sql } from '@/lib/ledger/sql'
import type { HookTokenList } from './hook-contract'
import { HOOK_TOKEN, hookTokenState, type HookTokenState } from './hook-token'
import { findStanding, hookHashes, listHookTokens, touchHookToken, writeBeginning } from './store-hook'

const MOST_LISTED = 50

export type ListedHookToken = {
  id: string
  machine: string
  state: HookTokenState
  madeAt: Date
  expiresAt: Date
  heardAt: Date | null
}

/** The newest hook tokens of an agent, with their public ids. */
export async function hookTokensOf(sql: Sql, agentId: string, now: Date): Promise<ListedHookToken[]> {
  return (await listHookTokens(sql, agentId, MOST_LISTED)).map((row) => ({
    id: publicId('hook', row.id),
    machine: row.machine,
    state: hookTokenState(row, now),
    madeAt: row.madeAt,
    expiresAt: row.expiresAt,
    heardAt: row.heardAt,
  }))
}

/** The same for the wire. */
export async function hookTokenListOf(sql: Sql, agentId: string, now: Date): Promise<HookTokenList> {
  return {
    tokens: (await hookTokensOf(sql, agentId, now)).map(({ id, machine, state, madeAt, expiresAt, heardAt }) => ({
      id,
      machine,
      state,
      made_at: madeAt.toISOString(),
      expires_at: expiresAt.toISOString(),
      heard_at: heardAt?.toISOString() ?? null,
    })),
  }
}

/** What is kept of a hook token, in base64; undefined for what has not the form of one. */
export function hookTokenHash(token: string): string | undefined {
  return HOOK_TOKEN.test(token) ? sha256(token).toString('base64') : undefined
}

/** What `hookTokenHash` is of every token that stands: for whoever has to tell one of ours from a guess without asking each time. */
export async function hookTokensStanding(sql: Sql, now: Date): Promise<ReadonlySet<string>> {
  return new Set(await hookHashes(sql, now))
}

/**
 * Whom a hook token speaks for; null when it is none, or stands no more. What is asked is the database, each time.
 * @param as a hook was heard with it, or a machine said that a session begins
 */
export async function readHookToken(
  sql: Sql,
  token: string,
  now: Date,
  as: 'heard' | 'begins' = 'heard',
): Promise<{ id: string; agentId: string; credentialId: string; clientId: string } | null> {
  if (!HOOK_TOKEN.test(token)) return null
  const found = await findStanding(sql, sha256(token), now)
  if (found !== null) await (as === 'heard' ? touchHookToken : writeBeginning)(sql, found.id, now)
  return found
}

/** Who answers for an agent now. */
export async function ownerOf(sql: Sql, agentId: string): Promise<string> {
  const row = await queryOne<{ owner: string }>(sql, 'SELECT owner_id::text AS owner FROM agent WHERE id = $1::uuid', [
    agentId,
  ])
  if (row === null) throw new Error('an agent has an owner')
  return row.owner
}
