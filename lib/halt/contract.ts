import { z } from 'zod'
import { ENVIRONMENTS } from '@/lib/agents/agent'
import { ANSWERS } from '@/lib/approvals/approval'
import { digestSchema, reasonSchema } from '@/lib/approvals/contract'
import { DRILL_SCOPES } from '@/lib/halt/drill'
import { HALT_SCOPES, HALTS } from '@/lib/halt/halt'
import { LIFT_STAGES } from '@/lib/halt/staged-lift'

const nothing = (value: unknown) => (value === '' ? undefined : value)

/**
 * `POST /api/console/halts`: engages a halt. Nothing is required but the scope, and which of its kind: whoever stops everything must not
 * have to find words first. Of `environment`, `team` (its name), `agent` (its slug), `run` (`run_…`), `server` and `tool` (`server.tool`) only the
 * one that the scope names is given; what a form leaves empty was not given.
 */
export const engageInput = z
  .strictObject({
    scope: z.enum(HALT_SCOPES),
    environment: z.preprocess(nothing, z.enum(ENVIRONMENTS).optional()),
    team: z.preprocess(nothing, z.string().min(1).max(120).optional()),
    agent: z.preprocess(nothing, z.string().min(1).max(63).optional()),
    run: z.preprocess(nothing, z.string().min(1).max(64).optional()),
    server: z.preprocess(nothing, z.string().min(1).max(64).optional()),
    tool: z.preprocess(nothing, z.string().min(1).max(193).optional()),
    reason: reasonSchema.default(''),
    /** when somebody should look again, a moment or a span from now (`30m`, `4h`, `2d`); it lifts nothing */
    until: z.preprocess(
      nothing,
      z.union([z.iso.datetime({ offset: true }), z.string().regex(/^[1-9][0-9]{0,4}[mhd]$/)]).optional(),
    ),
  })
  .superRefine((given, refused) => {
    const asked = HALTS[given.scope].named
    for (const scope of HALT_SCOPES) {
      const field = HALTS[scope].named
      if (field === null || (field === asked) === (given[field] !== undefined)) continue
      const message =
        field === asked ? `Name the ${field} to halt one.` : `A halt of scope ${given.scope} names no ${field}.`
      refused.addIssue({ code: 'custom', path: [field], message })
    }
  })

/**
 * `POST /api/console/halts/{id}/lift`: asks to lift it, or a stage of it (one agent by its slug, or one team by its name); or, with the
 * digest of what a colleague asked, agrees or does not. Why is required, and `typed`, the name of what is let go, of whoever would lift.
 */
export const liftInput = z.strictObject({
  reason: reasonSchema.min(1, 'Say why.'),
  typed: z.string().max(200, 'That is too long.').default(''),
  stage: z.enum(LIFT_STAGES, 'Choose what is let go.').default('all'),
  agent: z.preprocess(nothing, z.string().max(63).optional()),
  team: z.preprocess(nothing, z.string().max(120).optional()),
  digest: digestSchema.optional(),
  answer: z.enum(ANSWERS).default('approve'),
})

/** What the list of all halts is narrowed to, as its address says. `before`: the halt after which the page goes on, older. */
export const haltsQuery = z.object({
  state: z.preprocess(nothing, z.enum(['in_force', 'lifted']).optional()),
  scope: z.preprocess(nothing, z.enum(HALT_SCOPES).optional()),
  /** a part of what it names: an agent, a team, a server, a tool */
  q: z.preprocess(nothing, z.string().trim().max(120).optional()),
  /** who engaged it, `per_…`, or `rule` where nobody in person did */
  by: z.preprocess(nothing, z.string().max(64).optional()),
  before: z.preprocess(nothing, z.string().max(64).optional()),
})
export type HaltsQuery = z.infer<typeof haltsQuery>

/** What asking or agreeing came to. */
export const liftOutput = z.strictObject({
  status: z.enum(['asked', 'refused', 'staged', 'lifted']),
  seats: z.int(),
  approvals: z.int(),
})
export type LiftOutput = z.infer<typeof liftOutput>

/** `POST /api/console/halts/{id}/stop`: ends a lift half way; what was let go is halted again. */
export const stopLiftInput = z.strictObject({ reason: reasonSchema.default('') })

/** What engaging is answered with; `already` when one was in force for the scope, and still is. */
export const engageOutput = z.strictObject({ id: z.string(), already: z.boolean() })
export type EngageOutput = z.infer<typeof engageOutput>

/** `POST /api/v1/halts/{id}/acknowledgement`: the agent says that it stopped, and which of its runs. */
export const acknowledgementInput = z.strictObject({
  runs: z.array(z.string().max(64)).max(200).default([]),
  requested_at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      'of the event it stopped for: refused where it was let go and halted again since, so that it stops again; required where it was halted again',
    ),
})

/** `halt` is the id that was acknowledged: of a halt, or of a rehearsal. */
export const acknowledgementOutput = z.strictObject({ halt: z.string(), acknowledged_at: z.string() })

/** A halt as an agent hears of it on `GET /api/v1/halts/stream`. */
export const haltEvent = z.strictObject({
  id: z.string(),
  scope: z.enum(HALT_SCOPES),
  run: z.string().nullable().describe('the one run it stops, for scope `run`; the others of the agent go on'),
  target: z
    .string()
    .nullable()
    .describe(
      'what it stops, by name: the environment, the team, the agent, the server or the tool; null for everything',
    ),
  until: z.string().nullable().describe('when somebody looks again; it goes on until it is lifted'),
  engaged_at: z.string(),
  requested_at: z
    .string()
    .describe(
      'since when this agent has to stop: as it was engaged, or later, where its lift had let the agent go and it is halted again; another moment is another stop, to be confirmed anew',
    ),
  lifted_at: z.string().nullable(),
})
export type HaltEvent = z.infer<typeof haltEvent>

/**
 * A rehearsal of a halt, as an agent hears of it on the same stream (C33): it confirms it as it would a halt, at the same address with this id, and stops
 * nothing.
 */
export const drillEvent = z.strictObject({
  id: z.string().describe('`drl_…`, to be acknowledged as a halt is'),
  drill: z.literal(true),
  scope: z.enum(DRILL_SCOPES),
  target: z.string().nullable().describe('what is drilled, by name; null for everything'),
  begun_at: z.string(),
  ends_at: z.string().describe('until when a confirmation counts'),
})
export type DrillEvent = z.infer<typeof drillEvent>

/** The first event of every connection: everything in force for this agent now, and the rehearsals that wait for its word. */
export const haltState = z.strictObject({ halts: z.array(haltEvent), drills: z.array(drillEvent).optional() })

/** `POST /api/v1/halts`: as the console's, and whether its entry is written; a job writes one that is not, within minutes. */
export const engagedOutput = engageOutput.extend({ recorded: z.boolean() })

/** `GET /api/v1/halts`: what is in force. */
export const haltsOutput = z.strictObject({
  halts: z.array(
    z.strictObject({
      id: z.string(),
      scope: z.enum(HALT_SCOPES),
      target: z.string().nullable().describe('what it stops, by name; null for everything'),
      engaged_by: z.string().nullable().describe('a person or a source; null where a rule did'),
      engaged_at: z.string(),
      until: z.string().nullable(),
    }),
  ),
})

/** A source outside that may engage halts: what it may is a line each, `tool` or `environment:staging`. */
export const sourceInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'Fill this in.')
    .max(80, 'At most 80 characters.')
    .regex(/^[^\p{C}]+$/u, 'It holds characters that cannot be seen.'),
  may: z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split('\n')
            .map((each) => each.trim())
            .filter((each) => each !== '')
        : value,
    z.array(z.string().max(260)).min(1, 'Say what it may halt.').max(200, 'At most 200 lines.'),
  ),
})
export type SourceInput = z.infer<typeof sourceInput>

export const sourceParams = z.strictObject({ id: z.string().max(60) })
