/** What somebody is about to halt, with what that stops now. */
export type Chosen = {
  scope: 'organisation' | 'agent'
  /** the slug, for one agent; null while none is chosen */
  agent: string | null
  reach: { agents: number; runs: number; held: number; grants: number }
  /** `hlt_…` of a halt in force for exactly this */
  standing: string | null
}

/** The words of the red button: what it halts, by name or by count. */
export function haltWords({ agent, reach }: Pick<Chosen, 'agent' | 'reach'>): string {
  if (agent !== null) return `Halt ${agent}`
  if (reach.agents < 2) return 'Halt the organisation'
  return `Halt ${reach.agents.toLocaleString('en')} agents`
}

/** What engaging leads to, in counts and sentences. */
export function consequences({ runs, held, grants }: Chosen['reach']): readonly (readonly [string, string])[] {
  return [
    [
      count(runs, 'run', 'runs'),
      `${runs === 1 ? 'is' : 'are'} told to stop at once. ${
        grants === 0
          ? 'No unused grant is out.'
          : `${grants.toLocaleString('en')} unused ${grants === 1 ? 'grant is' : 'grants are'} dead.`
      }`,
    ],
    [
      count(held, 'approval', 'approvals'),
      `${held === 1 ? 'freezes' : 'freeze'} as ${held === 1 ? 'it is' : 'they are'}. No verdict counts until it is lifted.`,
    ],
    ['0 actions', 'are allowed from then on. What already left an agent may still arrive.'],
  ]
}

function count(n: number, one: string, many: string): string {
  return n === 1 ? `1 ${one}` : `${n.toLocaleString('en')} ${many}`
}
