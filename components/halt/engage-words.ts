import type { GradeCount } from '@/lib/agents/read-grade'
import { HALTS, type HaltScope } from '@/lib/halt/halt'
import { holdWords } from '../agents/grade-words'

/** What somebody is about to halt, with what that stops now. */
export type Chosen = {
  scope: HaltScope
  /** which of its kind; null for the organisation, and while none is chosen */
  name: string | null
  /** null while nothing there is is named */
  reach: Reach | null
  /** `hlt_…` of a halt in force for exactly this */
  standing: string | null
  /** names that hold what was written, where nothing is named exactly that */
  like: readonly string[]
}

export type Reach = { agents: number; runs: number; held: number; grants: number; grades: readonly GradeCount[] }

/** What people choose from, widest first; a run is halted from its own page. */
export const CHOICES = [
  { scope: 'organisation', label: 'The organisation', hint: 'every agent there is', which: null },
  { scope: 'environment', label: 'One environment', hint: 'every agent in it', which: 'choose an environment' },
  { scope: 'team', label: 'One team', hint: 'every agent of it', which: 'choose a team' },
  { scope: 'agent', label: 'One agent', hint: 'and nothing of the others', which: 'choose an agent' },
  { scope: 'server', label: 'One server', hint: 'every tool of it, for every agent', which: 'choose a server' },
  { scope: 'tool', label: 'One tool', hint: 'for every agent; they go on with the rest', which: 'choose a tool' },
] as const satisfies readonly { scope: HaltScope; label: string; hint: string; which: string | null }[]

/**
 * Whether the page asks once more, naming the scope, before the red button: for what stops everything, or at least half of several agents.
 * One step for one agent, two for the widest, never three.
 * @param active how many agents could act
 */
export function asksOnceMore(scope: HaltScope, agents: number, active: number): boolean {
  return scope === 'organisation' || (agents > 1 && agents * 2 >= active)
}

/** The words of the red button: what it halts, by name or by count. */
export function haltWords({ scope, name }: Pick<Chosen, 'scope' | 'name'>, { agents }: Reach): string {
  const count = agents.toLocaleString('en')
  if (scope === 'organisation') return agents < 2 ? 'Halt the organisation' : `Halt ${count} agents`
  if (scope === 'environment' || scope === 'team')
    return `Halt ${count} ${agents === 1 ? 'agent' : 'agents'} of ${name ?? ''}`
  return `Halt ${name ?? ''}`
}

/** What engaging leads to, in counts and three sentences. */
export function consequences(
  scope: HaltScope,
  { agents, runs, held, grants, grades }: Reach,
): readonly (readonly [string, string])[] {
  const dead =
    grants === 0
      ? 'No unused grant is out.'
      : `${grants.toLocaleString('en')} unused ${grants === 1 ? 'grant is' : 'grants are'} dead.`
  const frozen = `${held === 1 ? 'freezes' : 'freeze'} as ${held === 1 ? 'it is' : 'they are'}. No verdict counts until it is lifted.`
  const told = `${runs === 1 ? 'is' : 'are'} told to stop at once. ${dead}`
  return [
    HALTS[scope].stops
      ? [count(agents, 'agent', 'agents'), `${agents === 1 ? 'is' : 'are'} allowed nothing new: ${holdWords(grades)}.`]
      : [
          '0 agents',
          `stop: they go on with the rest. ${scope === 'run' ? 'Nothing of this run' : 'No call of it'} is allowed.`,
        ],
    HALTS[scope].stops || scope === 'run'
      ? [count(runs, 'run', 'runs'), told]
      : [count(grants, 'grant', 'grants'), grants === 1 ? 'not used yet is dead.' : 'not used yet are dead.'],
    [count(held, 'approval', 'approvals'), frozen],
  ]
}

function count(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n.toLocaleString('en')} ${many}`
}
