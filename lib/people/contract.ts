import { z } from 'zod'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { ROLES, rolesProblem } from './role'

/** Text a person types about a person: one line, nothing in it that cannot be seen. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'Fill this in.')
    .max(most, `At most ${most} characters.`)
    .refine(
      (text) => !text.includes('\n') && countUnseen(spellOut(text)) === 0,
      'It holds characters that cannot be seen.',
    )

/** An address, in lower case: one person, one address, however it is typed. */
const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'At most 254 characters.')
  .regex(/^[^@\s]+@[^@\s]+$/u, 'Give an address like dana@example.com.')
  .refine((text) => countUnseen(spellOut(text)) === 0, 'It holds characters that cannot be seen.')

/** Any text, judged as a password where it becomes one: its own rule needs to know whose it is. */
const password = z.string().max(1024, 'At most 256 characters.')

/** Checkboxes of one name: none arrives as nothing, one as a text, several as a list. */
const roles = z
  .preprocess((value): unknown[] => (value === undefined ? [] : [value].flat()), z.array(z.enum(ROLES)))
  .superRefine((list, context) => {
    const problem = rolesProblem(list)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

const reason = line(500)
const blankIsNothing = (value: unknown) => (value === '' || value === null ? undefined : value)

const timeZone = z
  .string()
  .refine(
    (zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone),
    'Choose a time zone from the list.',
  )

export const signInInput = z.strictObject({ email, password, next: z.string().max(2048).optional() })

/** The first run: the organisation and its first administrator (DESIGN §3). */
export const foundInput = z.strictObject({ organisation: line(120), timeZone, name: line(120), email, password })

export const inviteInput = z.strictObject({ name: line(120), email, roles })
export const joinInput = z.strictObject({ name: line(120), password })
export const newPasswordInput = z.strictObject({ password })
export const changePasswordInput = z.strictObject({ current: password, password })

export const editPersonInput = z.strictObject({
  name: line(120),
  teamId: z.preprocess(blankIsNothing, z.uuid('Choose a team from the list.').optional()),
})
export const rolesInput = z.strictObject({ roles, reason })
export const reasonInput = z.strictObject({ reason })
export const answerChangeInput = z.strictObject({ answer: z.enum(['approved', 'refused'], 'Choose an answer.') })

/** A moment as a form gives it: `2026-11-20T14:00`, in UTC, or with its own offset from a program. */
const moment = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.datetime({ local: true })],
    'Give a date and a time, like 2026-11-20T14:00.',
  )
  .transform((text) => new Date(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`))

/** On call from now, or from a moment, until somebody ends it, or until another. */
export const shiftInput = z.strictObject({
  personId: z.uuid('Choose a person.'),
  startsAt: z.preprocess(blankIsNothing, moment.optional()),
  endsAt: z.preprocess(blankIsNothing, moment.optional()),
})

const day = z.iso.date('Give a day, like 2026-11-23.')
/** An iCalendar text: looked at (`preview`), or taken. */
export const calendarInput = z.strictObject({
  calendar: z.string().min(1, 'Choose a file, or paste its text.').max(500_000, 'At most 500 KB.'),
})

const turn = z.preprocess(blankIsNothing, z.uuid('Choose somebody from the list.').optional())
/** How many turns a rota has at most; each is a field of its own, so that a plain form can say them in order. */
export const MOST_TURNS = 8

/** Who is on call by turns: `turn1` first. A turn that is left out is none. */
export const rotaInput = z
  .strictObject({
    turn1: z.uuid('Choose at least one person.'),
    turn2: turn,
    turn3: turn,
    turn4: turn,
    turn5: turn,
    turn6: turn,
    turn7: turn,
    turn8: turn,
    startsOn: day,
    handover: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Give a time, like 09:00.'),
    length: z.enum(['day', 'week'], 'Choose a length.'),
  })
  .transform(({ startsOn, handover, length, ...turns }) => ({
    startsOn,
    handover,
    length,
    people: Array.from({ length: MOST_TURNS }, (_, i) => turns[`turn${i + 1}` as keyof typeof turns]).filter(
      (person) => person !== undefined,
    ),
  }))

/** A day of the rota for somebody else; without anybody, it goes back to whose turn it is. */
export const overrideInput = z.strictObject({
  day,
  takenBy: z.preprocess(blankIsNothing, z.uuid('Choose a person.').optional()),
})

/** Who answers for one while one is away: from now, or from a moment, until another. */
export const delegationInput = z.strictObject({
  delegateId: z.uuid('Choose a person.'),
  startsAt: z.preprocess(blankIsNothing, moment.optional()),
  endsAt: z.preprocess(blankIsNothing, moment),
})

export const LONGEST_TOKEN_DAYS = 365
/** What engages halts is renewed each quarter: it lies in the files of laptops. */
export const LONGEST_HALT_TOKEN_DAYS = 90
/** What a token may: read; read and draft the boundaries its person may draft; or engage halts and list them, and nothing else. */
export const TOKEN_SCOPES = ['read', 'draft', 'halt'] as const
export type TokenScope = (typeof TOKEN_SCOPES)[number]
export const tokenInput = z.strictObject({
  name: line(80),
  scope: z.enum(TOKEN_SCOPES).default('read'),
  days: z.coerce
    .number('Give a number of days.')
    .int('Give whole days.')
    .min(1, 'At least one day.')
    .max(LONGEST_TOKEN_DAYS, 'A year at most.'),
})

export const teamInput = z.strictObject({ name: line(80) })
/** A number as a form or a program says it. */
const whole = (least: number, most: number) =>
  z.coerce
    .number()
    .int('A whole number.')
    .min(least, `At least ${String(least)}.`)
    .max(most, `At most ${String(most)}.`)

export const organisationInput = z
  .strictObject({
    organisation: line(120),
    timeZone,
    /** how many held actions of one agent may wait at once, and how many of all (C39); left out, as they are */
    inboxPerAgent: whole(1, 10_000).optional(),
    inboxMost: whole(1, 100_000).optional(),
  })
  .refine(({ inboxPerAgent, inboxMost }) => inboxMost === undefined || (inboxPerAgent ?? 1) <= inboxMost, {
    path: ['inboxMost'],
    message: 'No less than the share of one agent.',
  })

/** The parameters of the console's own addresses. */
export const idParams = z.strictObject({ id: z.uuid('There is nothing with this id.') })
export const linkParams = z.strictObject({ token: z.string().max(100) })

/** A code as it was typed: what it is, the rule says. */
export const userCodeInput = z.strictObject({
  user_code: z.string().max(100, 'A code is eight letters, like WDJB-MJHT.'),
})
export const deviceAnswerInput = z.strictObject({ answer: z.enum(['allowed', 'refused'], 'Choose an answer.') })

/** Which person's sessions or tokens are meant; left out: one's own. */
export const ofPersonQuery = z.strictObject({ person: z.uuid().optional() })
