import type { Change } from './change'

/** What somebody puts in force, for the sentence they put their name to. */
export type Signing = {
  /** the signer */
  name: string
  /** the agent's name; null: the organisation's baseline */
  slug: string | null
  version: number
  changes: readonly Pick<Change, 'direction'>[]
  /** nothing was signed before */
  first: boolean
  /** RFC 3339, to the second at least; null: the moment it is signed */
  from: string | null
  until: string
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const
const things = (count: number): string => `${NUMBERS[count] ?? String(count)} ${count === 1 ? 'thing' : 'things'}`
/** `2026-11-21 07:40 UTC` */
const moment = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`

/**
 * The statement that is signed, in plain words: “I, Ilse Tamm, put version 4 of soc-triage in force from … until …; it widens two
 * things and narrows one thing.” Shown before it is signed, and signed with the rest. Pure.
 */
export function signingWords({ name, slug, version, changes, first, from, until }: Signing): string {
  const what = slug === null ? 'the organisation’s baseline' : slug
  const begins = from === null ? 'from the moment I sign' : `from ${moment(from)}`
  return `I, ${name}, put version ${String(version)} of ${what} in force ${begins} until ${moment(until)}; ${effect(changes, first)}.`
}

function effect(changes: Signing['changes'], first: boolean): string {
  if (first) return 'it is the first that is signed'
  const count = (direction: Change['direction']) => changes.filter((change) => change.direction === direction).length
  const [wider, narrower, other] = [count('wider'), count('narrower'), count('other')]
  const said = [
    ...(wider > 0 ? [`widens ${things(wider)}`] : []),
    ...(narrower > 0 ? [`narrows ${things(narrower)}`] : []),
    ...(wider + narrower === 0 && other > 0 ? ['widens and narrows nothing'] : []),
  ]
  return said.length > 0 ? `it ${said.join(' and ')}` : 'it means the same as the one in force'
}
