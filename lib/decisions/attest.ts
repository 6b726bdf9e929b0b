import { runnerByKey, runnerStands } from '@/lib/agents/read-runners'
import { ownerOf } from '@/lib/agents/read-hook-tokens'
import type { Sandbox } from '@/lib/boundary/boundary'
import { sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { newId, publicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { db, transaction } from '@/lib/db/client'
import { countTry } from '@/lib/db/throttle'
import {
  ATTESTATION_REFUSALS,
  type AttestationRefusal,
  keyNamed,
  nonceEnds,
  profileDigest,
  readAttestation,
  refusalOf,
  requestDigest,
} from '@/lib/decisions/attestation'
import { satisfies } from '@/lib/decisions/checks'
import { insertAttestation } from '@/lib/decisions/store-attestations'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import { keyedHash } from '@/lib/ledger/payload'
import type { Sql } from '@/lib/ledger/sql'

/** A sandbox that a runner signed for, accepted: what was enforced, and the profile it was accepted under. Ids are bare. */
export type Attested = { id: string; runnerId: string; enforced: Sandbox; profile: Buffer }

/** What an attestation comes with. `sandbox`: of the boundary in force; `action`: the bare id of the one whose grant is claimed. */
export type Attesting = {
  agentId: string
  run: string | null
  tool: string
  arguments: JsonObject
  action: string | null
  sandbox: Sandbox | null
  issuer: string
}

/** The keyed hash nonces are made and known by. */
export const nonceKey = (bytes: string): Buffer => keyedHash(ledger().keys.commitment, 'sandbox-nonce', bytes)

/** How many refusals of one agent are entries in an hour; all of them are counted. */
const MOST_RECORDED = 20
const WINDOW_SECONDS = 3_600

/**
 * Accepts an attestation, once: signature, runner, agent, nonce, age, request and profile hold, and it is recorded with its entry before anything is
 * decided by it. What does not hold is recorded, too.
 * @throws Fault `attestation_refused` that says why, in the words of the closed list
 */
export async function acceptAttestation(jws: string, about: Attesting, now: Date): Promise<Attested> {
  const why = await accepted(jws, about, now)
  if (typeof why !== 'string') return why
  await recordRefused(about, why, now)
  throw fault('attestation_refused', { field: 'attestation', detail: `${ATTESTATION_REFUSALS[why]} (${why})` })
}

async function accepted(jws: string, about: Attesting, now: Date): Promise<Attested | AttestationRefusal> {
  const { agentId, tool, arguments: args, sandbox, issuer } = about
  const thumbprint = keyNamed(jws)
  if (thumbprint === null) return 'malformed'
  const runner = await runnerByKey(db(), agentId, thumbprint)
  if (runner === null) return 'unknown_runner'
  if (runner.revokedAt !== null) return 'revoked_runner'
  const said = readAttestation(jws, runner.publicKey)
  if (typeof said === 'string') return said
  const expected = {
    agent: publicId('agent', agentId),
    issuer,
    tool,
    arguments: args,
    action: about.action === null ? null : publicId('action', about.action),
    sandbox,
    nonceEnds: nonceEnds(said.nonce, agentId, nonceKey),
  }
  const refused = refusalOf(said, expected, now.getTime(), satisfies)
  if (refused !== null) return refused
  const id = newId(now.getTime())
  const profile = profileDigest(sandbox)
  const kept = await transaction(async (tx) => {
    const done = await insertAttestation(tx, {
      id,
      nonceHash: sha256(said.nonce),
      runnerId: runner.id,
      agentId,
      actionId: about.action,
      request: requestDigest(tool, args),
      profile,
      enforced: said.enforced,
      runtime: said.runtime.name,
      runtimeVersion: said.runtime.version,
      issuedAt: new Date(said.iat * 1_000),
      expiresAt: new Date(said.exp * 1_000),
      at: now,
    })
    if (done)
      await append(tx, {
        id,
        kind: 'sandbox.attested',
        actor: 'agent',
        agent: agentId,
        owner: await ownerOf(tx, agentId),
        run: about.run,
        ...(about.action !== null && { action: about.action }),
        // the token itself: whoever has the runner's key can check it without us
        payload: { runner: publicId('runner', runner.id), name: runner.name, attestation: jws },
      })
    return done
  })
  return kept ? { id, runnerId: runner.id, enforced: said.enforced, profile } : 'replayed'
}

/**
 * An attestation whose runner still stands; null otherwise. Asked after the facts of a round were loaded: a revocation that comes later moves the
 * epoch they were loaded under, and the round is done again.
 */
export async function standingAttestation(sql: Sql, attested: Attested | null): Promise<Attested | null> {
  return attested !== null && (await runnerStands(sql, attested.runnerId)) ? attested : null
}

async function recordRefused({ agentId, run, action }: Attesting, why: AttestationRefusal, now: Date): Promise<void> {
  const count = await countTry(db(), `attestations refused ${agentId}`, WINDOW_SECONDS, now)
  if (count > MOST_RECORDED) return
  await transaction(async (tx) =>
    append(tx, {
      kind: 'sandbox.refused',
      actor: 'agent',
      agent: agentId,
      owner: await ownerOf(tx, agentId),
      run,
      ...(action !== null && { action }),
      labels: [why, ...(count === MOST_RECORDED ? ['counted_from_here'] : [])],
    }),
  )
}
