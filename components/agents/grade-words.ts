import { CircleHelp, KeyRound, type LucideIcon, Megaphone, ShieldCheck, Unplug } from 'lucide-react'
import { haltDoes, type Grade, type Standing, type Way } from '@/lib/agents/grade'
import type { GradeCount } from '@/lib/agents/read-grade'
import type { Tone } from '../ui/state-words'

type Said = {
  icon: LucideIcon
  tone: Tone
  word: string
  /** what was seen of it */ seen: string
  /** what a halt does to it */ halt: string
}

/** A grade for people: its word, what it rests on, and what a halt does to an agent that has it. */
export const GRADE_WORDS: Readonly<Record<Grade | 'unseen', Said>> = {
  structural: {
    icon: ShieldCheck,
    tone: 'allow',
    word: 'Structural',
    seen: 'The gateway, or an executor apart from it, runs its actions.',
    halt: 'A halt stops it: nothing of it runs without this server.',
  },
  brokered: {
    icon: KeyRound,
    tone: 'allow',
    word: 'Brokered',
    seen: 'Each of its actions consumed a grant before it ran.',
    halt: 'A halt stops it: without a grant its tools do nothing.',
  },
  hook: {
    icon: Unplug,
    tone: 'inkc',
    word: 'Hook',
    seen: 'Its harness, or an enforcement point beside it, asks before each action.',
    halt: 'A halt tells its harness no at the next action. The harness has to keep to it.',
  },
  reported: {
    icon: Megaphone,
    tone: 'hold',
    word: 'Reported',
    seen: 'It acts by itself and says afterwards what came of it.',
    halt: 'A halt only asks it to stop.',
  },
  unseen: {
    icon: CircleHelp,
    tone: 'hold',
    word: 'Not seen',
    seen: 'Nothing was seen of how its actions run in the last 30 days.',
    halt: 'Count on no more than that a halt asks it to stop.',
  },
}

/** One way an action was seen to run, as the end of “its actions …”. */
export const WAY_WORDS: Readonly<Record<Way, string>> = {
  gateway: 'ran through the gateway',
  executor: 'were run by an executor apart from it',
  own_token: 'consumed a grant with its own token',
  hook: 'were asked about by its harness',
  enforcement_point: 'were asked about by an enforcement point',
  reported: 'were only reported afterwards',
}

/** How it was last seen obeying, as the end of “it …”. */
export const OBEYED_WORDS: Readonly<Record<NonNullable<Standing['obeyed']>['how'], string>> = {
  halt: 'confirmed a halt',
  drill: 'confirmed a drill',
  refusal: 'was refused and went on without it',
}

/** What a halt really does to so many agents of each grade: who cannot go on, whom it only tells. */
export function holdWords(grades: readonly GradeCount[]): string {
  const does = { stops: 0, refuses: 0, asks: 0 }
  for (const { grade, agents } of grades) does[haltDoes(grade)] += agents
  const all = does.stops + does.refuses + does.asks
  if (all === 0) return 'no agent could act'
  const parts = [
    [does.stops, 'cannot go on', 'cannot go on'],
    [
      does.refuses,
      'is told no by its harness, which has to keep to it',
      'are told no by their harness, which has to keep to it',
    ],
    [does.asks, 'would only be asked to stop', 'would only be asked to stop'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(
      ([count, one, many]) =>
        `${count === all && all > 1 ? 'all' : count.toLocaleString('en')} ${count === 1 ? one : many}`,
    )
    .join('; ')
}

/** Which of the words a grade has. */
export const gradeKey = (grade: Grade | null): Grade | 'unseen' => grade ?? 'unseen'
