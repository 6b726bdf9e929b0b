import type { Weight } from '@/lib/boundary/radius-item'
import type { Stage, TermKind } from '@/lib/boundary/terms'
import type { Sentence } from '@/lib/boundary/reach'
import type { SentencePart } from '@/lib/decisions/sentence'

/** What waits for a person, whatever it is: one table by deadline, so that nobody hunts. Times are ISO 8601. */
export type Waiting = {
  key: string
  kind: 'action' | 'boundary' | 'owner' | 'review' | 'change' | 'alert'
  href: string
  /** What it is: our words, an agent's set apart as data. */
  what: readonly SentencePart[]
  aside: string
  who: string
  /** When it is too late, or since when it is; null: it has no deadline. */
  due: string | null
  /** `due` lies in the past, and it waits all the same. */
  overdue: boolean
}

/** Decisions of one hour. */
export type Hour = { from: string; allow: number; hold: number; forbid: number }

/** The nearest of what ends for an agent: its boundary, or one of its reviews. */
export type Lapsing = {
  slug: string
  version: number
  kind: TermKind
  stage: Stage
  lapsesAt: string
  /** what happens when nobody acts, in words */
  happens: string
  owner: { id: string; name: string }
  /** the version that waits for a signature */
  draft: number | null
}

/** What an installation still lacks on its way to a first governed agent, in the order it is done. */
export type FirstStep = { key: 'people' | 'agent' | 'boundary' | 'signature' | 'action'; done: boolean }

/** The worst one agent may do alone, with how many lines more its blast radius has. */
export type Widest = {
  slug: string
  weight: Weight
  says: Sentence
  clause: string | null
  more: number
  /** the last day on which its boundary only observes */ observing: string | null
}

export type Posture = {
  organisation: string
  waiting: readonly Waiting[]
  halts: number
  hours: readonly Hour[]
  proposing: number
  lapsing: readonly Lapsing[]
  /** the agents that may do the worst alone, the worst first */
  widest: readonly Widest[]
  agents: Readonly<Record<'active' | 'contained' | 'suspended' | 'registered' | 'retired' | 'unsigned', number>>
  orphans: readonly { slug: string }[]
  /** the last drill that was measured, in words, and from when the next is due; null: nobody to drill */
  drill: { last: { at: string; words: string } | null; dueAt: string | null }
  firstSteps: readonly FirstStep[]
}

/** The order of the table: what is overdue or has the nearest deadline first, what has none last. */
export function byUrgency(a: Waiting, b: Waiting): number {
  const at = ({ due }: Waiting) => (due === null ? Number.MAX_SAFE_INTEGER : Date.parse(due))
  return at(a) - at(b) || (a.key < b.key ? -1 : 1)
}

const NUMBERS = [
  'No',
  'One',
  'Two',
  'Three',
  'Four',
  'Five',
  'Six',
  'Seven',
  'Eight',
  'Nine',
  'Ten',
  'Eleven',
  'Twelve',
]

/** "Eleven things wait for a person. One halt is in force." */
export function headline(waiting: number, halts: number): string {
  const count = (n: number) => NUMBERS[n] ?? n.toLocaleString('en')
  const waits =
    waiting === 0
      ? 'Nothing waits for a person.'
      : `${count(waiting)} ${waiting === 1 ? 'thing waits' : 'things wait'} for a person.`
  const halted = halts === 0 ? '' : ` ${count(halts)} ${halts === 1 ? 'halt is' : 'halts are'} in force.`
  return waits + halted
}

/** Whether an installation is still on its way: the page then says how to go on before it says how things stand. */
export function isBeginning(steps: readonly FirstStep[]): boolean {
  return steps.some((step) => !step.done)
}

/** The hours of a day up to now, oldest first, with zeros where nothing was decided. */
export function fillHours(counts: readonly { hour: number; outcome: string; count: number }[], now: Date): Hour[] {
  const last = Math.floor(now.getTime() / 3_600_000)
  return Array.from({ length: 24 }, (_, at) => {
    const hour = last - 23 + at
    const of = (outcome: string) => counts.find((one) => one.hour === hour && one.outcome === outcome)?.count ?? 0
    return {
      from: new Date(hour * 3_600_000).toISOString(),
      allow: of('allow'),
      hold: of('hold'),
      forbid: of('forbid'),
    }
  })
}
