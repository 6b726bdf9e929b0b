import { z } from 'zod'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { readKinds, STREAM_CONTENTS, STREAM_KINDS } from './stream'

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

const blankIsNull = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? null : (value ?? null))
/** A checkbox of a form, or a truth value of a program. */
const box = z.preprocess((value) => value === 'on' || value === true, z.boolean())

const url = z
  .string()
  .trim()
  .max(2000, 'At most 2000 characters.')
  .refine((text) => {
    if (!URL.canParse(text)) return false
    const { protocol, username, password, hash } = new URL(text)
    return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === ''
  }, 'Give an address like https://siem.example.com/v1/logs, without a user or a password in it.')

const pem = (what: string, label: RegExp) =>
  z.preprocess(
    blankIsNull,
    z
      .string()
      .trim()
      .max(20_000, 'At most 20,000 characters.')
      .refine((text) => label.test(text), `Give ${what} in PEM: it begins with -----BEGIN.`)
      .nullable(),
  )

const CERTIFICATE = /^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/
const KEY = /^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]+-----END (?:[A-Z]+ )?PRIVATE KEY-----$/

const host = line(253).refine((text) => /^[A-Za-z0-9._:-]+$/.test(text), 'Give a name or an address, without a port.')
const port = z.coerce.number('Give a number.').int('Give a whole number.').min(1, 'From 1.').max(65_535, 'Up to 65535.')
/** RFC 9110 §5.1; what would change how the request is read is not to be set. */
const header = z.preprocess(
  blankIsNull,
  z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9-]{1,60}$/, 'A header’s name holds letters, digits and -.')
    .refine(
      (name) =>
        !/^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|cookie)$/.test(
          name,
        ),
      'This header cannot be set.',
    )
    .nullable(),
)
const secret = z.preprocess(
  blankIsNull,
  z
    .string()
    .trim()
    .max(20_000, 'At most 20,000 characters.')
    .regex(/^[\x20-\x7e\n]+$/, 'It holds characters that cannot be sent.')
    .nullable(),
)

const kinds = z.preprocess(
  (value) => value ?? '',
  z
    .string()
    .max(4_000, 'At most 4000 characters.')
    .transform((text, context) => {
      const read = readKinds(text)
      if ('kinds' in read) return read.kinds
      context.addIssue({ code: 'custom', message: `There is no kind of entry like “${read.unknown.slice(0, 60)}”.` })
      return z.NEVER
    }),
)

const common = { name: line(80), kinds, contents: z.enum(STREAM_CONTENTS, 'Choose what is sent.'), private: box }
const http = { ...common, url, ca: pem('a certificate', CERTIFICATE) }

const halts = z.preprocess(() => 'halt.engaged halt.lift_stopped', kinds)

/** What a stream may be told, by kind; also what an edit may say. A secret that is left blank stays as it is. */
const BODIES = {
  cloudevents: { ...http, batch: box },
  otlp: { ...http, header, secret },
  // what is sent is decided: halts, without anybody's words
  shared_signals: {
    ...http,
    ...{ header, secret, audience: line(500), kinds: halts, contents: z.literal('entries').default('entries') },
  },
  ocsf_syslog: {
    ...common,
    ...{
      host,
      port,
      tls: box,
      ca: pem('a certificate', CERTIFICATE),
      cert: pem('a certificate', CERTIFICATE),
      secret: pem('a key', KEY),
    },
  },
} as const

const from = z.enum(['now', 'beginning'], 'Choose where it begins.')

/** `POST /api/console/streams`. */
export const createStreamInput = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('cloudevents'), from, ...BODIES.cloudevents }),
    z.strictObject({ kind: z.literal('otlp'), from, ...BODIES.otlp }),
    z.strictObject({ kind: z.literal('ocsf_syslog'), from, ...BODIES.ocsf_syslog }),
    z.strictObject({ kind: z.literal('shared_signals'), from, ...BODIES.shared_signals }),
  ],
  'Choose how it speaks.',
)
export type CreateStream = z.output<typeof createStreamInput>

/** `POST /api/console/streams/{id}`: everything about it but its kind, which it keeps; and but where it stands. */
export const editStreamInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cloudevents'), ...BODIES.cloudevents }),
  z.strictObject({ kind: z.literal('otlp'), ...BODIES.otlp }),
  z.strictObject({ kind: z.literal('ocsf_syslog'), ...BODIES.ocsf_syslog }),
  z.strictObject({ kind: z.literal('shared_signals'), ...BODIES.shared_signals }),
])
export type EditStream = z.output<typeof editStreamInput>

const index = z.coerce
  .number('Give the number of an entry.')
  .int('Give a whole number.')
  .min(0, 'The first entry is 0.')
  .max(Number.MAX_SAFE_INTEGER)

/** `POST …/replay` and `POST …/skip`. */
export const atIndexInput = z.strictObject({ index })

export const streamParams = z.strictObject({ id: z.string().max(60) })
export const streamKind = z.enum(STREAM_KINDS)
