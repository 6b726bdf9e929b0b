import { z } from 'zod'
import { ANSWERS } from '@/lib/approvals/approval'
import { digestSchema, reasonSchema } from '@/lib/approvals/contract'
import { HALT_SCOPES } from '@/lib/halt/halt'

/**
 * `POST /api/console/halts`: engages a halt. Nothing is required but the scope: whoever stops everything must not have to
 * find words first. `agent` is the slug, for scope `agent` alone; `run` is `run_…`, for scope `run` alone.
 */
export const engageInput = z
  .strictObject({
    scope: z.enum(HALT_SCOPES),
    agent: z.string().min(1).max(63).optional(),
    run: z.string().min(1).max(64).optional(),
    reason: reasonSchema.default(''),
  })
  .refine(({ scope, agent }) => (scope === 'agent') === (agent !== undefined), {
    path: ['agent'],
    message: 'Name the agent to halt one, and none to halt anything else.',
  })
  .refine(({ scope, run }) => (scope === 'run') === (run !== undefined), {
    path: ['run'],
    message: 'Name the run to halt one, and none to halt anything else.',
  })
export type EngageInput = z.infer<typeof engageInput>

/**
 * `POST /api/console/halts/{id}/lift`: asks to lift it; or, with the digest of what a colleague asked, agrees or does not. Why
 * is required.
 */
export const liftInput = z.strictObject({
  reason: reasonSchema.min(1, 'Say why.'),
  digest: digestSchema.optional(),
  answer: z.enum(ANSWERS).default('approve'),
})
export type LiftInput = z.infer<typeof liftInput>

/** What asking or agreeing came to. */
export const liftOutput = z.strictObject({
  status: z.enum(['asked', 'refused', 'lifted']),
  seats: z.int(),
  approvals: z.int(),
})
export type LiftOutput = z.infer<typeof liftOutput>

/** What engaging is answered with; `already` when one was in force for the scope, and still is. */
export const engageOutput = z.strictObject({ id: z.string(), already: z.boolean() })
export type EngageOutput = z.infer<typeof engageOutput>

/** `POST /api/v1/halts/{id}/acknowledgement`: the agent says that it stopped, and which of its runs. */
export const acknowledgementInput = z.strictObject({ runs: z.array(z.string().max(64)).max(200).default([]) })
export type AcknowledgementInput = z.infer<typeof acknowledgementInput>

export const acknowledgementOutput = z.strictObject({ halt: z.string(), acknowledged_at: z.string() })

/** A halt as an agent hears of it on `GET /api/v1/halts/stream`. */
export const haltEvent = z.strictObject({
  id: z.string(),
  scope: z.enum(HALT_SCOPES),
  run: z.string().nullable().describe('the one run it stops, for scope `run`; the others of the agent go on'),
  engaged_at: z.string(),
  lifted_at: z.string().nullable(),
})
export type HaltEvent = z.infer<typeof haltEvent>

/** The first event of every connection: everything in force for this agent now. */
export const haltState = z.strictObject({ halts: z.array(haltEvent) })
export type HaltState = z.infer<typeof haltState>
