import { z } from 'zod'
import { assertionField, type AssertionInput } from '@/lib/people/passkey-contract'
import { LAPSES } from './terms'

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'This is no digest. Load the page again.')

const SIGNED_FIELDS: ReadonlySet<string> = new Set(['digest', 'statement', 'assertion'])

/** Line ends as a program writes them: a form sends CR LF, and the same words must be the same signature. */
const unixLines = (text: string) => text.replaceAll('\r\n', '\n')

/** The text of a boundary as it comes. */
export const sourceInput = z
  .string()
  // The parser counts bytes and says so in its place; this only bounds what it is given.
  .max(70_000, 'A boundary is at most 64 KB: one sitting’s reading.')
  // A browser sends line ends as CR LF, whatever the person typed.
  .transform((text) => text.replaceAll('\r\n', '\n'))

/** `POST /api/console/boundaries/{slug}/check`: what is wrong with a text. Nothing is kept of it. */
export const checkInput = z.strictObject({ source: sourceInput })

/** `POST /api/console/boundaries/{slug}/draft`: saves one's draft. The text is judged by the parser, line by line. */
export const draftInput = z.strictObject({
  source: sourceInput,
  note: z.string().trim().max(1_000, 'At most 1,000 characters.').default(''),
  /** the text it was written from: the digest of the open draft, else of what is in force; `none` where there was neither */
  base: digest.or(z.literal('none')).optional(),
})
export type DraftInput = z.infer<typeof draftInput>

/**
 * `POST /api/console/boundaries/{slug}/{version}/signature`. `digest` is what the signer saw; another text is refused. `assertion` is the
 * passkey’s answer to the challenge that `…/challenge` gave for the same words: it takes the same fields, without the answer.
 */
export const signInput = z
  .looseObject({
    digest,
    statement: z
      .string()
      .transform(unixLines)
      .pipe(z.string().trim().min(1, 'Say in your own words why you sign this.').max(2_000)),
    assertion: assertionField,
  })
  .transform((given, context) => {
    // one field a widened category, `because.autonomous`, so that each has a label and an error of its own
    const because: Record<string, string> = {}
    for (const [field, value] of Object.entries(given)) {
      const category = /^because\.([a-z_.]{1,60})$/.exec(field)?.[1]
      if (category !== undefined && typeof value === 'string' && value.length <= 2_000)
        because[category] = unixLines(value).trim()
      else if (!SIGNED_FIELDS.has(field))
        context.addIssue({ code: 'custom', path: [field], message: 'Nothing here is called that.' })
    }
    const { digest: seen, statement, assertion } = given
    return { digest: seen, statement, because, assertion }
  })
export type SignInput = {
  digest: string
  statement: string
  because?: Readonly<Record<string, string>>
  assertion?: AssertionInput | undefined
}

/** `…/tightening`: puts a draft that only narrows in force, alone. */
export const tightenInput = z.strictObject({
  digest,
  statement: z.string().trim().min(1, 'Say why it is tightened.').max(2_000),
})
export type TightenInput = z.infer<typeof tightenInput>

/** `…/override`: one asks that a widening need not wait, another agrees. */
export const askOverrideInput = z.strictObject({
  digest,
  reason: z.string().trim().min(1, 'Say why it cannot wait.').max(2_000),
})
export const agreeOverrideInput = z.strictObject({ digest })

/** `…/return` and `…/withdrawal`: closes a draft. */
export const returnInput = z.strictObject({
  reason: z.string().trim().min(1, 'Say what the drafter should change.').max(2_000),
})
export const withdrawInput = z.strictObject({ reason: z.string().trim().max(2_000).default('') })

const chosen = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(200)])
  .default([])
  .transform((given) => [given].flat())

/** `POST /api/console/agents/{slug}/elevations`: scopes as `crm:write`, tools by the names of the ceiling. */
export const elevationInput = z.strictObject({
  scopes: chosen,
  tools: chosen,
  minutes: z.coerce.number().int().min(1, 'At least a minute.').max(10_080, 'At most seven days.'),
  reason: z.string().trim().min(1, 'Say what it is needed for: it is recorded.').max(2_000),
})
export type ElevationInput = z.infer<typeof elevationInput>

/** `…/elevations/{id}/answer` and `…/end`. */
export const elevationAnswerInput = z.strictObject({
  answer: z.enum(['approve', 'reject']),
  digest,
  reason: z.string().trim().max(2_000).default(''),
})
export const elevationEndInput = z.strictObject({
  reason: z.string().trim().min(1, 'Say why it ends: it is recorded.').max(2_000),
})
export const elevationParams = z.strictObject({ slug: z.string().max(63), id: z.string().max(60) })

/** A version in a URL. */
export const versionParams = z.strictObject({
  slug: z.string().max(63),
  version: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'A version is a whole number.')
    .transform(Number),
})
export const slugParams = z.strictObject({ slug: z.string().max(63) })

/** Days as a form writes them: `30, 14, 7, 1`; every one once, the most first. */
const remindDays = z
  .string()
  .trim()
  .transform((text) => (text === '' ? [] : text.split(/[\s,]+/).map(Number)))
  .pipe(
    z
      .array(
        z.int('Write whole days, such as "30, 14, 7, 1".').min(1, 'At least one day.').max(366, 'At most 366 days.'),
      )
      .max(10, 'At most ten.'),
  )
  .transform((days) => [...new Set(days)].toSorted((a, b) => b - a))

/** `POST /api/console/organisation/lapse`. */
export const lapseInput = z.strictObject({ onLapse: z.enum(LAPSES), remindDays })
export type LapseInput = z.infer<typeof lapseInput>
