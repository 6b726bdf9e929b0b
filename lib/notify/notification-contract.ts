import { z } from 'zod'
import { SEVERITIES } from '@/lib/alerts/alert'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { KINDS, PACES } from './notification'
import { CHANNEL_NOTIFICATIONS } from './notification'
import { SMTP_TLS } from './channel'

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'Fill this in.')
    .max(most, `At most ${most} characters.`)
    .refine(
      (text) => !text.includes('\n') && countUnseen(spellOut(text)) === 0,
      'It holds characters that cannot be seen.',
    )

/** A checkbox of a form, or a truth value of a program. */
const box = z.preprocess((value) => value === 'on' || value === true, z.boolean())
const blankIsNull = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? null : (value ?? null))
const optional = <T extends z.ZodType>(type: T) => z.preprocess(blankIsNull, type.nullable())

const hour = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time like 22:00.')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))

const zone = z
  .string()
  .max(60)
  .refine((name) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name })
      return true
    } catch {
      return false
    }
  }, 'There is no such time zone.')

const fields: Record<string, z.ZodType> = Object.fromEntries(
  KINDS.flatMap((kind): [string, z.ZodType][] => [
    [`mail_${kind}`, z.enum(PACES, 'Choose how.')],
    [`browser_${kind}`, box],
  ]),
)

/** `POST /api/console/notifications`: what one wants to hear, as the form has it: `mail_request`, `browser_request`, … */
export const choiceInput = z
  .strictObject({
    ...fields,
    severity: z.enum(SEVERITIES, 'Choose how loud.'),
    time_zone: optional(zone),
    quiet_from: optional(hour),
    quiet_until: optional(hour),
    urgent: box,
  })
  .superRefine((given: Record<string, unknown>, context) => {
    if ((given.quiet_from === null) !== (given.quiet_until === null))
      context.addIssue({
        ...{ code: 'custom', message: 'Give both ends of your quiet hours, or neither.' },
        path: [given.quiet_from === null ? 'quiet_from' : 'quiet_until'],
      })
  })
export type ChoiceGiven = {
  severity: (typeof SEVERITIES)[number]
  time_zone: string | null
  quiet_from: number | null
  quiet_until: number | null
  urgent: boolean
} & Record<string, unknown>

/** `POST /api/console/notifications/shown`. */
export const shownInput = z.strictObject({ ids: z.array(z.string().max(60)).min(1).max(50) })

const address = z
  .string()
  .trim()
  .max(2000, 'At most 2000 characters.')
  .refine((text) => {
    if (!URL.canParse(text)) return false
    const { protocol, username, password, hash } = new URL(text)
    return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === ''
  }, 'Give an address that begins with https://, without a user or a password in it.')

const kinds = z.preprocess(
  (value) => (value === undefined ? [] : [value].flat()),
  z
    .array(z.enum(CHANNEL_NOTIFICATIONS as [string, ...string[]], 'Choose what it is told.'))
    .min(1, 'Choose at least one.'),
)
const room = {
  name: line(80),
  team: optional(z.uuid('Choose a team.')),
  kinds,
  severity: z.enum(SEVERITIES, 'Choose how loud.'),
  private: box,
}
const key = z
  .string()
  .trim()
  .max(200, 'At most 200 characters.')
  .regex(/^[\x21-\x7e]+$/, 'It holds characters that cannot be sent.')

const mail = {
  host: line(253).refine((text) => /^[A-Za-z0-9._:-]+$/.test(text), 'Give a name or an address, without a port.'),
  port: z.coerce.number('Give a number.').int('Give a whole number.').min(1, 'From 1.').max(65_535, 'Up to 65535.'),
  tls: z.enum(SMTP_TLS, 'Choose how it is encrypted.'),
  user: optional(z.string().trim().max(254, 'At most 254 characters.')),
  password: optional(z.string().max(1_000, 'At most 1000 characters.')),
  from: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9][A-Za-z0-9.-]*$/,
      'Give an address like countersign@example.com.',
    )
    .max(254, 'At most 254 characters.'),
  private: box,
  ca: optional(
    z
      .string()
      .trim()
      .max(20_000, 'At most 20,000 characters.')
      .regex(
        /^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/,
        'Give a certificate in PEM: it begins with -----BEGIN.',
      ),
  ),
}

/** `POST /api/console/channels`. The address of a webhook, a routing key and a password are secrets: never answered. */
export const createChannelInput = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('slack'), ...room, url: address }),
    z.strictObject({ kind: z.literal('teams'), ...room, url: address }),
    z.strictObject({ kind: z.literal('pagerduty'), ...room, key, url: optional(address) }),
    z.strictObject({ kind: z.literal('smtp'), ...mail }),
  ],
  'Choose what it is.',
)
/** `POST /api/console/channels/{id}`: what is left blank of a secret stays as it is. */
export const editChannelInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), ...room, url: optional(address) }),
  z.strictObject({ kind: z.literal('teams'), ...room, url: optional(address) }),
  z.strictObject({ kind: z.literal('pagerduty'), ...room, key: optional(key), url: optional(address) }),
  z.strictObject({ kind: z.literal('smtp'), ...mail }),
])
export type CreateChannel = z.output<typeof createChannelInput>
export type EditChannel = z.output<typeof editChannelInput>

export const channelParams = z.strictObject({ id: z.string().max(60) })
