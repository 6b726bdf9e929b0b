import { z } from 'zod'
import { DEFAULT_ATTENTION as now } from './attention'
import { FLAW_NAMES } from './test-request'

const whole = (least: number, most: number, fallback: number) =>
  z.coerce
    .number('Give a number.')
    .int('Give a whole number.')
    .min(least, `At least ${String(least)}.`)
    .max(most, `At most ${most.toLocaleString('en')}.`)
    .default(fallback)

/** `POST /api/console/attention/setting`: from when on figures about approvals are a finding. Days, numbers of requests, per cent. */
export const attentionInput = z.strictObject({
  days: whole(7, 366, now.days),
  leastVerdicts: whole(5, 10_000, now.leastVerdicts),
  mostFast: whole(1, 99, now.mostFast),
  widenDays: whole(30, 366, now.widenDays),
  widenRequests: whole(20, 10_000, now.widenRequests),
})

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'Choose an agent.')

// Whom it is for: `team:` or `person:` and an id; nothing is whoever may answer.
const whom = z
  .string()
  .regex(/^(team|person):[0-9a-f]{8}-[0-9a-f-]{27}$/, 'Choose from the list.')
  .transform((text) => {
    const [kind = '', id = ''] = text.split(':')
    return { kind: kind as 'team' | 'person', id }
  })

/** Checkboxes of one name: none arrives as nothing, one as a text, several as a list. */
const several = <T extends z.ZodType>(one: T, most: number) =>
  z.preprocess((value): unknown[] => (value === undefined ? [] : [value].flat()), z.array(one).max(most))

/** The ids of whom a test is for, apart. */
export function idsOf(chosen: readonly { kind: 'team' | 'person'; id: string }[]): {
  teams: string[]
  people: string[]
} {
  const of = (kind: string) => chosen.filter((one) => one.kind === kind).map(({ id }) => id)
  return { teams: of('team'), people: of('person') }
}

/** `POST /api/console/attention/tests`: plants one test request now. `kind` left out: any that its past allows. */
export const plantInput = z.strictObject({
  agent: slug,
  kind: z.preprocess((value) => (value === '' ? undefined : value), z.enum(FLAW_NAMES).optional()),
  only: z.preprocess((value) => (value === '' ? undefined : value), whom.optional()),
})

/** `POST /api/console/attention/plan`: how many test requests a month, of which kinds, for whom. */
export const planInput = z.strictObject({
  perMonth: z.coerce
    .number('Give a number.')
    .int('Give a whole number.')
    .min(0, 'None, or more.')
    .max(60, 'At most 60 a month.'),
  kinds: several(z.enum(FLAW_NAMES), FLAW_NAMES.length).refine(
    (kinds) => kinds.length > 0,
    'Choose at least one kind.',
  ),
  whom: several(whom, 200),
})
