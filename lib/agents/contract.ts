import { z } from 'zod'
import { AGENT_STATES, ENVIRONMENTS, slugProblem } from './agent'
import { LONGEST_OVERLAP_HOURS } from './credential'
import { LONGEST_POINT_DAYS } from './enforcement-point'

const sentence = (most: number) => z.string().trim().min(1, 'Say it in a few words.').max(most)
const day = z.iso.date('Give the date as year-month-day, like 2027-03-01.')
// An unfilled field of a plain form arrives as an empty text: that is "not said", not a value.
const optional = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .transform((text) => (text === '' ? undefined : text))
    .optional()

/** A name an agent can have; the sentence says what is wrong with another. */
export const slugField = z
  .string()
  .trim()
  .superRefine((slug, context) => {
    const problem = slugProblem(slug)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
  })

/** Where the data goes (C30), as a form sends it; all or nothing is decided by `dataComplete`. */
const dataFields = {
  dataProvider: optional(200),
  dataRegion: optional(200),
  dataRetention: optional(200),
  dataAgreement: optional(400),
}

/** Registers an agent. Who owns it is the person who asks; nothing of this may be missing (C02). */
export const registerInput = z.strictObject({
  slug: slugField,
  purpose: sentence(500),
  teamId: z.uuid('Choose a team.'),
  environment: z.enum(ENVIRONMENTS, 'Choose where it works.'),
  reviewDate: day,
  ...dataFields,
  // A checkbox of a plain form: there when ticked.
  acceptData: z.literal('yes').optional(),
})
export type RegisterInput = z.infer<typeof registerInput>

/** Changes what an agent is for and where it works. Its name never changes: boundaries, URLs and the ledger say it. */
export const editInput = z.strictObject({
  purpose: sentence(500),
  teamId: z.uuid('Choose a team.'),
  environment: z.enum(ENVIRONMENTS, 'Choose where it works.'),
})
export type EditInput = z.infer<typeof editInput>

/** Says where the data goes and accepts it in one's own name. */
export const acceptDataInput = z.strictObject({
  dataProvider: sentence(200),
  dataRegion: sentence(200),
  dataRetention: sentence(200),
  dataAgreement: sentence(400),
})
export type AcceptDataInput = z.infer<typeof acceptDataInput>

/** Activates, suspends, resumes or retires. */
export const moveInput = z.strictObject({
  reason: z.string().trim().max(500).default(''),
})

/** Hands an agent to another owner. */
export const handOverInput = z.strictObject({ ownerId: z.uuid('Choose who answers for it from now on.') })

/** Confirms a review and sets the next date. */
export const reviewInput = z.strictObject({ reviewDate: day, note: sentence(500) })

/** Rotates a credential: the old one goes on for so many hours. */
export const rotateInput = z.strictObject({
  overlapHours: z.coerce.number().int().min(0).max(LONGEST_OVERLAP_HOURS),
})

/** A fresh credential, shown once. */
export const issuedCredential = z.strictObject({
  id: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  endsOld: z.iso.datetime().nullable(),
})
export type IssuedCredential = z.infer<typeof issuedCredential>

/** How the registry is asked: every part of the view is in its URL. */
export const AGENT_SORTS = ['slug', 'state', 'owner', 'environment', 'boundary', 'last', 'waiting', 'review'] as const
export const FINDINGS = ['orphaned', 'overdue', 'unsigned', 'quiet'] as const
export const agentQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  state: z.enum(AGENT_STATES).optional().catch(undefined),
  environment: z.enum(ENVIRONMENTS).optional().catch(undefined),
  owner: z.uuid().optional().catch(undefined),
  finding: z.enum(FINDINGS).optional().catch(undefined),
  sort: z.enum(AGENT_SORTS).catch('slug'),
  desc: z.stringbool().catch(false),
})
export type AgentQuery = z.infer<typeof agentQuery>

/** An agent in a URL, and one of its credentials. */
/** Makes an enforcement point. */
export const pointInput = z.strictObject({
  name: z.string().trim().min(1, 'Say what asks: "Edge gateway".').max(80),
  days: z.coerce
    .number('Give a number of days.')
    .int('Give whole days.')
    .min(1, 'At least one day.')
    .max(LONGEST_POINT_DAYS, 'A year at most.'),
})
export const pointParams = z.strictObject({ id: z.string().max(64) })
/** Lets a point ask for an agent. */
export const letInput = z.strictObject({ agent: slugField })

export const agentParams = z.strictObject({ slug: z.string().max(63) })
export const credentialParams = z.strictObject({ slug: z.string().max(63), id: z.string().max(64) })
