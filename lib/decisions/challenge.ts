import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Sandbox } from '@/lib/boundary/boundary'
import { digestText } from '@/lib/core/digest-text'
import { ATTESTATION_SECONDS, makeNonce, profileDigest } from '@/lib/decisions/attestation'
import { nonceKey } from '@/lib/decisions/attest'
import { attestation } from '@/lib/runs/contract'

/** `POST /api/v1/sandbox-challenges`: what a runner has to enforce now, and a nonce for one attestation. */
export const challengeOutput = z
  .strictObject({
    nonce: z.string(),
    expires_in: z.int().describe('seconds'),
    agent: z.string().describe('the `sub` of the attestation'),
    audience: z.string().describe('its `aud`'),
    boundary: z.strictObject({ version: z.int(), digest: z.string() }).nullable(),
    sandbox: attestation.nullable().describe('what the boundary in force asks of code; null: nothing'),
    profile: z.string().describe('the digest of that'),
  })
  .meta({ id: 'SandboxChallenge' })
export type ChallengeOutput = z.infer<typeof challengeOutput>

/** A challenge for an agent. It needs no memory, and is worth nothing to anybody without the key of a runner. */
export function challenge(
  agent: {
    id: string
    publicId: string
    boundary: { version: number; digest: string } | null
    sandbox: Sandbox | null
  },
  issuer: string,
  now: number,
): ChallengeOutput {
  return {
    nonce: makeNonce(agent.id, now, randomBytes(16), nonceKey),
    expires_in: ATTESTATION_SECONDS,
    agent: agent.publicId,
    audience: issuer,
    boundary: agent.boundary,
    sandbox: agent.sandbox,
    profile: digestText(profileDigest(agent.sandbox)),
  }
}
