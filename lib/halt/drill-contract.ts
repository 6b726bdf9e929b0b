import { z } from 'zod'
import { ENVIRONMENTS } from '@/lib/agents/agent'
import { ANSWERS } from '@/lib/approvals/approval'
import { digestSchema, reasonSchema } from '@/lib/approvals/contract'
import { DEFAULT_WINDOW_MS, DRILL_KINDS, type DrillScope } from './drill'
import { DEFAULT_SCHEDULE, EVERY_MONTHS } from './drill-schedule'

const whole = (least: number, most: number) =>
  z.coerce
    .number('Give a number.')
    .int('Give a whole number.')
    .min(least, `At least ${String(least)}.`)
    .max(most, `At most ${most.toLocaleString('en')}.`)

/** Which of a scope, by name. */
export type Drilled = { scope: DrillScope; named: { environment?: string; team?: string; agent?: string } }

const NAMED = ['environment', 'team', 'agent'] as const

/** What is drilled, in one word: `organisation`, `environment:production`, `team:Platform`, `agent:soc-triage`. */
export function parseDrilled(text: string): Drilled | null {
  if (text === 'organisation') return { scope: 'organisation', named: {} }
  const scope = NAMED.find((each) => text.startsWith(`${each}:`))
  if (scope === undefined) return null
  const name = text.slice(scope.length + 1)
  if (name === '' || (scope === 'environment' && !ENVIRONMENTS.some((each) => each === name))) return null
  return { scope, named: { [scope]: name } }
}

/** The same as `parseDrilled` reads. */
export const drilledWord = (scope: DrillScope, name: string | null): string =>
  scope === 'organisation' ? scope : `${scope}:${name ?? ''}`

const drilled = z
  .string('Choose what is drilled.')
  .max(200)
  .transform((text, refused): Drilled => {
    const found = parseDrilled(text)
    if (found !== null) return found
    refused.addIssue({ code: 'custom', message: 'Choose from the list.' })
    return z.NEVER
  })

/** `POST /api/console/drills`: begins a rehearsal, or plans a live drill, which says why and waits for a second person. */
export const drillInput = z
  .strictObject({
    kind: z.enum(DRILL_KINDS, 'Choose one of the two.'),
    of: drilled,
    note: reasonSchema.default(''),
    /** how long it waits for agents at most */
    seconds: whole(5, 900).default(DEFAULT_WINDOW_MS / 1_000),
  })
  .refine(({ kind, note }) => kind === 'rehearsal' || note !== '', {
    path: ['note'],
    message: 'Say why: the second person signs it.',
  })

export const drillOutput = z.strictObject({ id: z.string(), state: z.enum(['planned', 'running']) })
export type DrillOutput = z.infer<typeof drillOutput>

/** `POST /api/console/drills/{id}/answer`: the second person signs the plan they saw, or does not. */
export const drillAnswerInput = z
  .strictObject({
    answer: z.enum(ANSWERS, 'Choose one of the two.'),
    digest: digestSchema,
    reason: reasonSchema.default(''),
  })
  .refine(({ answer, reason }) => answer === 'approve' || reason !== '', {
    path: ['reason'],
    message: 'Say why you do not agree.',
  })

/** `POST /api/console/drills/{id}/real`: its halt is real and stays. */
export const drillRealInput = z.strictObject({ reason: reasonSchema.default('') })

/** `POST /api/console/drills/schedule`: when drills are due, on the organisation's clock, and how fast agents should confirm. */
export const drillScheduleInput = z.strictObject({
  everyMonths: z.coerce.number('Choose from the list.').pipe(
    z.union(
      EVERY_MONTHS.map((months) => z.literal(months)),
      'Choose from the list.',
    ),
  ),
  day: whole(1, 28),
  hour: whole(0, 23),
  of: drilled.refine(({ scope }) => scope !== 'agent', 'Choose from the list.'),
  whenDue: z.enum(['remind', 'rehearse'], 'Choose one of the two.'),
  targetSeconds: whole(1, 900).default(DEFAULT_SCHEDULE.targetMs / 1_000),
})

/** `GET /api/console/drills/{id}/report`: what was measured, to take away. */
export const drillReportInput = z.strictObject({ format: z.enum(['json', 'csv']).default('json') })
