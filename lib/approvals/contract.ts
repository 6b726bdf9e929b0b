import { z } from 'zod'
import { assertionField } from '@/lib/people/passkey-contract'
import { ANSWERS, APPROVAL_KINDS, APPROVAL_STATES, type ApprovalStatus } from '@/lib/approvals/approval'
import { LOOKING_ACTS } from '@/lib/approvals/looking'

/** A SHA-256 digest as people and programs write it. */
export const digestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'A digest is "sha256:" and 64 hexadecimal digits.')

/** Why a person decides as they do. Kept in the payload, never in the entry. */
export const reasonSchema = z.string().trim().max(2_000)

/**
 * `POST /api/console/approvals/{id}/verdict`. It carries the digest the person saw: a verdict on something else is refused.
 * A rejection says why.
 */
export const verdictInput = z
  .strictObject({
    answer: z.enum(ANSWERS),
    digest: digestSchema,
    reason: reasonSchema.default(''),
    /** where it is given with a passkey: its answer to the challenge */
    assertion: assertionField,
  })
  .refine(({ answer, reason }) => answer !== 'reject' || reason !== '', {
    path: ['reason'],
    message: 'Say why you reject it.',
  })
/** What a program says of one. */
export type VerdictInput = z.input<typeof verdictInput>

/** `POST /api/console/approvals/{id}/looking`. Whose word it is, the session says. */
export const lookingInput = z.strictObject({ act: z.enum(LOOKING_ACTS) })
export type LookingInput = z.infer<typeof lookingInput>

const statuses = Object.keys(APPROVAL_STATES) as [ApprovalStatus, ...ApprovalStatus[]]

/** What a verdict is answered with. */
export const verdictOutput = z.strictObject({
  id: z.string(),
  kind: z.enum(APPROVAL_KINDS),
  status: z.enum(statuses),
  seats: z.int(),
  approvals: z.int(),
})
export type VerdictOutput = z.infer<typeof verdictOutput>
