import type { Sentence } from './reach'

/** Whether a change could loosen any answer, can only tighten some, or alters none. In doubt it widens. */
export type Direction = 'wider' | 'narrower' | 'other'

/** One difference in meaning between two documents. */
export type Change = {
  direction: Direction
  section: string
  /** what it is about: a tool, a server, `calls an hour` */
  subject: string
  when: string | null
  /** how it was and would be, in a few words; null: nothing */
  before: string | null
  after: string | null
  sentence: Sentence
  /** the drafter's words beside it: the reason of a rule, or of an override */
  said: string | null
  /** it lets a class run alone that calls for a person: the signer sees that apart */
  override: boolean
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const
const inWords = (count: number): string => NUMBERS[count] ?? String(count)

/** The verdict on a change as a headline: `Version 8 widens one thing and narrows two.` */
export function headline(version: number, changes: readonly Change[], first: boolean): string {
  if (first) return `Version ${version} would be the first that is signed.`
  const count = (direction: Direction) => changes.filter((change) => change.direction === direction).length
  const [wider, narrower, other] = [count('wider'), count('narrower'), count('other')]
  const things = (number: number) => (number === 1 ? 'one thing' : `${inWords(number)} things`)
  if (wider > 0 && narrower > 0) return `Version ${version} widens ${things(wider)} and narrows ${inWords(narrower)}.`
  if (wider > 0) return `Version ${version} widens ${things(wider)}.`
  if (narrower > 0) return `Version ${version} narrows ${things(narrower)} and widens nothing.`
  if (other > 0) return `Version ${version} widens and narrows nothing.`
  return `Version ${version} means the same as the one in force.`
}

/** `1 wider, 2 narrower, 1 other` */
export function tallied(changes: readonly Change[]): string {
  const said = (['wider', 'narrower', 'other'] as const).flatMap((direction) => {
    const count = changes.filter((change) => change.direction === direction).length
    return count > 0 ? [`${count} ${direction}`] : []
  })
  return said.length > 0 ? said.join(', ') : 'nothing'
}
