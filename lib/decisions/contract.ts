import { z } from 'zod'
import type { JsonObject } from '@/lib/core/json'
import { evidence, reasoning, resource, testedAgainst, tokensUsed } from '@/lib/runs/contract'

/** How large what an agent sends may be, in characters or elements: its words are kept, shown and searched. */
export const LIMITS = {
  toolChars: 193,
  idChars: 512,
  textChars: 8_000,
  evidence: 50,
  sources: 50,
  tests: 20,
  outputBytes: 256 * 1024,
  bodyBytes: 1024 * 1024,
  waitSeconds: 25,
} as const

/** Any JSON object: `lib/core/json` has parsed it, and refused duplicate keys, `__proto__` and deep nesting; it is not walked again. */
const jsonObject = z.record(z.string(), z.unknown())
const text = (max: number) => z.string().max(max)
const named = (max: number) => z.string().min(1).max(max)
const moment = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds')

const publicId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `An id here is "${prefix}_" and 32 hexadecimal digits.`)

/** `POST /api/v1/actions`: one proposed tool call (DESIGN §6). */
export const proposal = z
  .strictObject({
    tool: named(LIMITS.toolChars)
      .regex(
        /^[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_.:/-]{1,128})?$/,
        'A tool is "server.tool", or a name alone for a local one.',
      )
      .describe('`server.tool`; a name alone means `local.tool`'),
    arguments: jsonObject.default({}),
    resource: resource.optional(),
    run: z.strictObject({ id: publicId('run') }).optional(),
    on_behalf_of: z
      .strictObject({ type: named(64), id: named(LIMITS.idChars) })
      .optional()
      .describe('on whose request; the agent’s word, so it is marked as asserted'),
    reasoning: reasoning.optional(),
    evidence: z.array(evidence).max(LIMITS.evidence).optional(),
    untrusted_sources: z
      .array(named(LIMITS.idChars))
      .max(LIMITS.sources)
      .optional()
      .describe('content nobody vouches for that the run has read'),
    replaces: publicId('act')
      .optional()
      .describe('a request of this agent that waits, or was approved and not begun: it is superseded by this one'),
    tested_against: z
      .array(testedAgainst)
      .max(LIMITS.tests)
      .optional()
      .describe('what a change was tried on before it was proposed; on the pages of the action and of the resource'),
  })
  .meta({ id: 'Proposal' })
export type Proposal = z.infer<typeof proposal>

const attestationField = z
  .string()
  .min(1)
  .max(8_000)
  .optional()
  .describe(
    'what a runner signed of the sandbox this will run in, over a nonce of `POST /api/v1/sandbox-challenges` (ADR 0050)',
  )

/** `POST /api/v1/actions`: a proposal, and what its runner attests. That is about this request, and no part of what is asked. */
export const proposalInput = proposal.extend({ attestation: attestationField }).meta({ id: 'ProposalRequest' })

/** `POST /api/v1/actions/{id}/grant` */
export const claimInput = z.strictObject({ attestation: attestationField }).meta({ id: 'GrantClaim' })

/**
 * What a foreign protocol says beside a proposal: properties of who acts and of what it acts on, for conditions. `subject` has `type` and `id`
 * as the protocol named them. They are part of the digest; the native API has none.
 */
export type Attributes = { subject: { type: string; id: string; properties: JsonObject }; resource: JsonObject }
export type Proposed = Proposal & { attributes?: Attributes }

/** Header `Idempotency-Key`: per agent, for 24 hours; another body under the same key is 422. */
export const idempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'Use printable ASCII without blanks.')

export const reasonOutput = z
  .strictObject({ code: z.string(), text: z.string(), rule: z.string().nullable() })
  .meta({ id: 'Reason' })

export const grantOutput = z.strictObject({ token: z.string(), expires_at: moment }).meta({ id: 'Grant' })

/** What every answer about an action looks like, whatever the decision. v1 answers only grow. */
export const actionOutput = z
  .strictObject({
    id: z.string(),
    decision: z.enum(['allow', 'hold', 'forbid']),
    status: z.string().describe('where the action stands now'),
    frozen: z.boolean().describe('a halt lies over it: nothing moves until two people lift it'),
    digest: z.string(),
    salt: z.string().describe('base64url; with it anybody can recompute the digest'),
    reason: reasonOutput,
    reasons: z.array(reasonOutput),
    observed: z
      .strictObject({ decision: z.enum(['hold', 'forbid']), reason: reasonOutput })
      .nullable()
      .describe(
        'what a boundary that only observes would have answered; null where it enforces, or would have allowed',
      ),
    boundary: z.strictObject({ version: z.int(), digest: z.string() }).nullable(),
    obligations: z.array(z.string()),
    approval: z.strictObject({ id: z.string(), status: z.string(), expires_at: moment, url: z.string() }).nullable(),
    edited: z
      .strictObject({ arguments: jsonObject, at: moment })
      .nullable()
      .describe('what a person edited the arguments to: the digest, and the grant after an approval, are for these'),
    question: z
      .strictObject({ id: z.string(), text: z.string(), asked_at: moment })
      .nullable()
      .describe('what an approver asks; answer it at `POST /api/v1/actions/{id}/answer`'),
    grant: grantOutput.nullable(),
    receipt: z.string().nullable(),
  })
  .meta({ id: 'Action' })
export type ActionOutput = z.infer<typeof actionOutput>

/** `GET /api/v1/actions/{id}?wait=25` */
export const waitQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'Whole seconds, at most 25.')
    .transform(Number)
    .refine((seconds) => seconds <= LIMITS.waitSeconds, 'Whole seconds, at most 25.')
    .default(0),
  question: publicId('qst')
    .or(z.literal('none'))
    .optional()
    .describe(
      'the question this client knows of, or `none`: another one ends the wait at once. Left out, only one that is asked meanwhile does.',
    ),
})

/** A body that says nothing; `POST …/grant` and `POST …/withdrawal` take one. */
export const emptyInput = z.strictObject({}).meta({ id: 'Empty' })

/** `POST /api/v1/actions/{id}/outcome` */
export const outcomeInput = z
  .strictObject({
    grant: named(256),
    status: z.enum(['succeeded', 'failed', 'aborted']),
    output: z.unknown().optional().describe('any JSON'),
    error: text(LIMITS.textChars).optional(),
    duration_ms: z
      .int()
      .min(0)
      .max(30 * 24 * 3_600_000)
      .optional(),
    tokens_used: tokensUsed.optional().describe('tokens of the model this action used'),
  })
  .meta({ id: 'Outcome' })
export type OutcomeInput = z.infer<typeof outcomeInput>

/** `POST /api/v1/actions/{id}/answer`: what the agent says to an approver's question. */
export const answerInput = z
  .strictObject({
    text: named(LIMITS.textChars),
    question: publicId('qst').optional().describe('the question it answers; left out, the one that stands'),
  })
  .meta({ id: 'Answer' })
export type AnswerInput = z.infer<typeof answerInput>

/** `POST /api/v1/grants/introspect`: what an executor is about to run, and the grant it was handed. */
export const introspectionInput = z
  .strictObject({
    token: named(256),
    agent: publicId('agt')
      .or(z.string().regex(/^[a-z][a-z0-9-]{1,62}$/))
      .describe('the id or the slug of the agent it came from'),
    tool: named(LIMITS.toolChars),
    arguments: jsonObject.default({}),
    resource: resource.optional(),
  })
  .meta({ id: 'Introspection' })
export type IntrospectionInput = z.infer<typeof introspectionInput>

/**
 * Why a grant does not stand: closed. `mismatch` consumes nothing; `run_ended`: the lease of its run has lapsed or was ended; the rest never
 * come back to life.
 */
export const GRANT_REFUSALS = [
  'unknown',
  'mismatch',
  'used',
  'expired',
  'revoked',
  'halted',
  'replaced',
  'run_ended',
] as const
export type GrantRefusal = (typeof GRANT_REFUSALS)[number]

/**
 * Why a grant was refused, as entries say it (`grant_used`): closed. `not_given`: it was claimed before anybody approved, or the gate says
 * otherwise now; `foreign`: another agent asked for it.
 */
export const RECORDED_REFUSALS = [
  ...GRANT_REFUSALS.filter((reason) => reason !== 'unknown'),
  'not_given',
  'foreign',
  'unattested',
] as const
export type RecordedRefusal = (typeof RECORDED_REFUSALS)[number]

/** In the manner of RFC 7662 §2.2: a grant that does not stand is `active: false`, with a closed reason. */
export const introspectionOutput = z
  .union([
    z.strictObject({
      active: z.literal(true),
      action: z.string(),
      agent: z.string(),
      digest: z.string(),
      expires_at: moment,
    }),
    z.strictObject({ active: z.literal(false), reason: z.enum(GRANT_REFUSALS) }),
  ])
  .meta({ id: 'IntrospectionAnswer' })
export type IntrospectionOutput = z.infer<typeof introspectionOutput>
