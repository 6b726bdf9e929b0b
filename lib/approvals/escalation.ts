/** After so many milliseconds without enough answers, people these words mean may take these seats (from 0) as well. */
export type LaterStep = { after: number; to: readonly string[]; seats: readonly number[] }

/** Where a boundary says nothing, whoever is on call and the cisos are told once so much of the time is over. They get no seat by it. */
export const TOLD_AT = 0.75
/** Who is told then, in the words of `asked.ts`. */
export const TOLD: readonly string[] = ['on_call', 'ciso']

/** The clock of an approval: when it was opened, and when nobody may answer any more. */
export type Span = { openedAt: Date; expiresAt: Date }

/**
 * The rule of an approval as it stands at a moment: a step that is due adds its people to its seats, and the steps ahead stay as they
 * are. Pure on what is stored, so that who may answer never depends on whether a job has run (ADR 0032).
 */
export function ruleAt<R extends { asked?: readonly (readonly string[])[]; later?: readonly LaterStep[] }>(
  rule: R,
  openedAt: Date,
  now: Date,
): R {
  const { asked, later } = rule
  if (asked === undefined || later === undefined) return rule
  const waited = now.getTime() - openedAt.getTime()
  const due = later.filter(({ after }) => after <= waited)
  return {
    ...rule,
    asked: asked.map((words, seat) => [
      ...new Set([...words, ...due.flatMap(({ seats, to }) => (seats.includes(seat) ? to : []))]),
    ]),
    later: later.filter(({ after }) => after > waited),
  }
}

/** One moment of an approval at which others are asked (`seated`) or only told, in the order they come. */
export type Escalation = { step: number; at: Date; to: readonly string[]; seated: boolean }

/** Every such moment of an approval: those its rule says, or the telling that happens where the rule says nothing. */
export function escalationsOf(rule: { later?: readonly LaterStep[] }, { openedAt, expiresAt }: Span): Escalation[] {
  const opened = openedAt.getTime()
  if (rule.later === undefined || rule.later.length === 0) {
    const at = new Date(opened + Math.round((expiresAt.getTime() - opened) * TOLD_AT))
    return [{ step: 0, at, to: TOLD, seated: false }]
  }
  return rule.later.map(({ after, to }, step) => ({ step, at: new Date(opened + after), to, seated: true }))
}

/** Reads stored steps, in the order they were stored; whatever else stands there adds nobody. */
export function readLater(stored: unknown): LaterStep[] {
  if (!Array.isArray(stored)) return []
  return stored.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return []
    const { after, to, seats } = one as Partial<Record<keyof LaterStep, unknown>>
    if (typeof after !== 'number' || !(after > 0) || !Array.isArray(to) || !Array.isArray(seats)) return []
    return [
      {
        after,
        to: to.filter((word) => typeof word === 'string'),
        seats: seats.filter((seat) => Number.isInteger(seat)) as number[],
      },
    ]
  })
}
