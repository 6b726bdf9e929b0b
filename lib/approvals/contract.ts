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
    /** what the person says they looked at, `chk_…`; never required. A form with one box ticked sends a single text. */
    looked: z
      .union([
        z.array(z.string().max(40)).max(100),
        z
          .string()
          .max(40)
          .transform((one) => [one]),
      ])
      .optional(),
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
  /** it was a test request: what there was to find, and whether it was found (ADR 0035) */
  told: z.strictObject({ found: z.boolean(), says: z.string() }).optional(),
})
export type VerdictOutput = z.infer<typeof verdictOutput>

/** So many requests are answered in one act, and no more are listed for it: a plain form sends what its page lists (`lib/http/form.ts` takes 200 fields). */
export const MOST_TOGETHER = 150

// One of several: the approval and the digest that was on screen, `apr_…~sha256:…`.
const seenTogether = z
  .string()
  .regex(/^apr_[0-9a-f]{32}~sha256:[0-9a-f]{64}$/, 'Each is an approval and the digest you saw.')
  .transform((text) => {
    const [id = '', digest = ''] = text.split('~')
    return { id, digest }
  })

/**
 * `POST /api/console/approvals/together`: one verdict on several requests of one kind, each on the digest that was seen. Every one is
 * answered by itself, so that one that fails leaves the others as they are.
 */
export const togetherInput = z.strictObject({
  alike: z.string().regex(/^[0-9a-f]{32}$/),
  answer: z.enum(ANSWERS),
  reason: z.string().trim().min(1, 'Say why: it is recorded with each.').max(2_000),
  item: z
    .union([seenTogether, z.array(seenTogether).max(MOST_TOGETHER, `At most ${String(MOST_TOGETHER)} at once.`)])
    .optional()
    .transform((items) => (items === undefined ? [] : [items].flat())),
})
export type TogetherInput = z.input<typeof togetherInput>

/** What became of each, in the order they were sent. */
export const togetherOutput = z.strictObject({
  results: z.array(
    z.union([
      z.strictObject({
        id: z.string(),
        ok: z.literal(true),
        status: z.enum(statuses),
        /** as of one verdict: it was a test request */
        told: z.strictObject({ found: z.boolean(), says: z.string() }).optional(),
      }),
      z.strictObject({ id: z.string(), ok: z.literal(false), code: z.string(), detail: z.string() }),
    ]),
  ),
})
export type TogetherOutput = z.infer<typeof togetherOutput>

/** `GET /api/console/approvals`: how the inbox is looked at. */
export const inboxQuery = z.strictObject({
  show: z.enum(['mine', 'all']).default('all'),
  order: z.enum(['deadline', 'risk']).default('deadline'),
  most: z
    .string()
    .regex(/^\d{1,4}$/, 'A number up to 2000.')
    .transform(Number)
    .refine((most) => most >= 1 && most <= 2_000, 'A number up to 2000.')
    .default(200),
})

/** `POST /api/console/approvals/{id}/questions`: what the agent is asked. */
export const questionInput = z.strictObject({
  text: z.string().trim().min(1, 'Write what the agent should answer.').max(2_000),
})
export type QuestionInput = z.infer<typeof questionInput>

/** `POST /api/console/approvals/{id}/edits`: other arguments, as JSON, in place of those that stand under a digest. */
export const editInput = z.strictObject({
  digest: digestSchema,
  arguments: z.string().max(262_144, 'At most 256 KB.'),
})
export type EditInput = z.infer<typeof editInput>
