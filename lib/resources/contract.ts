import { z } from 'zod'
import { RESOURCE_KINDS } from './resource'

const named = (max: number) => z.string().trim().min(1).max(max)
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'A digest is “sha256:” and 64 hexadecimal digits.')
const optional = <T extends z.ZodType>(type: T) =>
  z
    .union([z.literal(''), type])
    .optional()
    .transform((value) => (value === '' || value === undefined ? null : (value as z.output<T>)))

const told = {
  title: named(200),
  kind: z.enum(RESOURCE_KINDS, 'Say what kind of thing it is.'),
  ownerId: z.uuid('Choose who answers for it.'),
  /** the slug of the agent whose reports count */
  reporter: optional(z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'Choose one of the agents.')),
  contentAt: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'The name of one argument: letters, digits and _ . - only.')
    .default('content'),
}

/** `POST /api/console/resources`: from now on every agent's change of it asks a person. */
export const protectInput = z.strictObject({
  type: named(128),
  name: named(512),
  digest: optional(digest),
  ...told,
})
export type ProtectInput = z.infer<typeof protectInput>

/** `POST /api/console/resources/{id}`: what it is called and who answers for it. */
export const editResourceInput = z.strictObject(told)
export type EditResourceInput = z.infer<typeof editResourceInput>

/** `POST /api/console/resources/{id}/unprotection` */
export const unprotectInput = z.strictObject({
  reason: named(2_000),
})
export type UnprotectInput = z.infer<typeof unprotectInput>

/** `POST /api/v1/resources/{type}/{id}/firings`: it fired. `event` is the reporter's own id of it: sent again, it counts once. */
export const firingInput = z
  .strictObject({
    event: named(200).describe('the reporter’s own id of this event; the same one again is answered, and counted once'),
    at: z.iso.datetime({ offset: true }).describe('when it fired: at most 30 days ago'),
    count: z.int().min(1).max(1_000_000).default(1).describe('how often it fired since the last report'),
    summary: z.string().max(2_000).optional(),
  })
  .meta({ id: 'Firing' })
export type FiringInput = z.infer<typeof firingInput>

export const firingOutput = z.strictObject({ id: z.string(), recorded: z.boolean() }).meta({ id: 'FiringRecorded' })

/** `POST /api/v1/resources/{type}/{id}/versions`: this is what is in force now. */
export const versionInput = z
  .strictObject({
    digest: digest.describe(
      'SHA-256 of the content in force: of a text’s UTF-8 bytes, of anything else’s RFC 8785 form',
    ),
    version: z.string().max(200).optional().describe('what the reporter calls it'),
  })
  .meta({ id: 'VersionInForce' })
export type VersionInput = z.infer<typeof versionInput>

export const versionOutput = z.strictObject({ id: z.string() }).meta({ id: 'VersionRecorded' })
