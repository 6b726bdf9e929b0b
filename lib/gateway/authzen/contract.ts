import { z } from 'zod'
import { outcomeInput } from '@/lib/decisions/contract'

// Foreign input: what is not known is ignored (AuthZEN 1.0 §5, forward compatibility); what is known has its type.
const text = (max: number) => z.string().min(1).max(max)
const properties = z.record(z.string(), z.unknown())

const typed = z.object({ type: text(128), properties: properties.optional() })
/** An entity (AuthZEN 1.0 §5.1, §5.2): subject or resource. */
export const entity = typed.extend({ id: text(512) })
export type Entity = z.infer<typeof entity>

/** AuthZEN 1.0 §5.3. */
export const action = z.object({ name: text(128), properties: properties.optional() })
const context = properties.optional()

/** `POST /access/v1/evaluation` (AuthZEN 1.0 §6.1). */
export const evaluationInput = z
  .object({ subject: entity, action, resource: entity, context })
  .meta({ id: 'AccessEvaluation' })
export type EvaluationInput = z.infer<typeof evaluationInput>

/** How many evaluations one request may have: each is decided and recorded. */
export const MOST_EVALUATIONS = 100
export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const
export type Semantic = (typeof SEMANTICS)[number]

/**
 * `POST /access/v1/evaluations` (AuthZEN 1.0 §7.1). What is said at the top stands in for what an evaluation leaves out; each one is judged when it
 * is merged, so that one that is incomplete is denied and the others are answered.
 */
export const evaluationsInput = z
  .object({
    subject: z.unknown().optional(),
    action: z.unknown().optional(),
    resource: z.unknown().optional(),
    context: z.unknown().optional(),
    evaluations: z
      .array(z.record(z.string(), z.unknown()))
      .max(MOST_EVALUATIONS, `At most ${MOST_EVALUATIONS} evaluations at once.`)
      .optional(),
    options: z.object({ evaluations_semantic: z.enum(SEMANTICS).optional() }).optional(),
  })
  .meta({ id: 'AccessEvaluations' })
export type EvaluationsInput = z.infer<typeof evaluationsInput>

/** Results a page of a search may have. */
export const MOST_RESULTS = 100
const page = z
  .object({ token: z.string().max(700).optional(), limit: z.int().min(1).optional() })
  .optional()
  .transform((given) => ({ token: given?.token ?? '', limit: Math.min(given?.limit ?? MOST_RESULTS, MOST_RESULTS) }))

/** `POST /access/v1/search/subject` (AuthZEN 1.0 §8.4): the subject's `id`, where it is given, is ignored. */
export const subjectSearch = z
  .object({ subject: typed, action, resource: entity, context, page })
  .meta({ id: 'SubjectSearch' })
/** `POST /access/v1/search/resource` (AuthZEN 1.0 §8.5). */
export const resourceSearch = z
  .object({ subject: entity, action, resource: typed, context, page })
  .meta({ id: 'ResourceSearch' })
/** `POST /access/v1/search/action` (AuthZEN 1.0 §8.6). */
export const actionSearch = z.object({ subject: entity, resource: entity, context, page }).meta({ id: 'ActionSearch' })

/** `POST /access/v1/requests` (Access Request and Approval Profile, draft 1): one item, bound to its denial by `evaluation_id`. */
export const accessRequestInput = z
  .object({
    subject: entity,
    action,
    resource: entity,
    context,
    denial: z.object({ evaluation_id: text(128), expires_at: z.iso.datetime({ offset: true }) }),
  })
  .meta({ id: 'AccessRequest' })
export type AccessRequestInput = z.infer<typeof accessRequestInput>

/** `POST /access/v1/requests/{id}/outcome`: what came of what was approved. */
export const taskOutcome = outcomeInput
  .omit({ grant: true, tokens_used: true })
  .strip()
  .meta({ id: 'AccessRequestOutcome' })

export const accessDecision = z
  .object({ decision: z.boolean(), context: properties.optional() })
  .meta({ id: 'AccessDecision' })
export type AccessDecision = z.infer<typeof accessDecision>
export const accessDecisions = z.object({ evaluations: z.array(accessDecision) }).meta({ id: 'AccessDecisions' })
export const searchOutput = z
  .object({ results: z.array(properties), page: z.object({ next_token: z.string(), count: z.int() }) })
  .meta({ id: 'AccessSearch' })
export const taskOutput = z
  .object({ task: properties, result: properties.optional() })
  .meta({ id: 'AccessRequestTask' })
