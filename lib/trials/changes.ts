import type { Decision } from '@/lib/decisions/decision'
import type { Would } from './past'

/** Why a decision could not be replayed; closed. */
export const UNREPLAYED = {
  erased: 'what was asked is erased, or past the time it is kept',
  sensitive: 'what was asked is marked as sensitive, and you have not said why you read it',
  broken: 'what was asked does not match its entry',
} as const
export type Unreplayed = keyof typeof UNREPLAYED

/** One kind of change, and of those that were held what people answered then. */
export type Move = { was: Decision; would: Decision; count: number; approved: number; rejected: number; listed: number }
/** Changes alike: by the tool where the catalogue knew it, and by what the draft would have said. */
export type Group = {
  was: Decision
  would: Decision
  tool: string | null
  reason: string
  rule: string | null
  count: number
}

/** What trying a draft on the past came to. */
export type SimulationResult = {
  decisions: number
  same: number
  moves: Move[]
  groups: Group[]
  unreplayed: Partial<Record<Unreplayed, number>>
  /** how many payloads were opened for it */
  opened: number
  /** what of the draft the past does not tell */
  unknown: ('tokens' | 'concurrent_runs')[]
}

/** One decision that would have been another. */
export type Changed = Would & { id: string; was: Decision }

/** How many of each kind of change are listed: the newest. */
export const MOST_LISTED = 5_000
const MOST_GROUPS = 100

/** Adds up the changes as they are found; keeps the newest of each kind for the list. Bounded memory. */
export class Changes {
  decisions = 0
  same = 0
  opened = 0
  private readonly moves = new Map<string, Move & { newest: Changed[] }>()
  private readonly groups = new Map<string, Group>()
  private readonly unreplayed: Partial<Record<Unreplayed, number>> = {}

  skip(why: Unreplayed): void {
    this.decisions += 1
    this.unreplayed[why] = (this.unreplayed[why] ?? 0) + 1
  }

  /** @param tool null where the catalogue did not know it: its name is the agent's word then */
  add(changed: Changed, tool: string | null, then: string | null): void {
    this.decisions += 1
    if (changed.was === changed.decision) {
      this.same += 1
      return
    }
    const { was, decision: would, reason, rule } = changed
    const key = `${was} ${would}`
    const move = this.moves.get(key) ?? { was, would, count: 0, approved: 0, rejected: 0, listed: 0, newest: [] }
    this.moves.set(key, move)
    if (move.newest.length < MOST_LISTED) move.newest.push(changed)
    else move.newest[move.count % MOST_LISTED] = changed
    move.count += 1
    if (then === 'rejected') move.rejected += 1
    if (then === 'approved') move.approved += 1
    const alike = JSON.stringify([was, would, tool, reason, rule])
    const group = this.groups.get(alike)
    if (group !== undefined) group.count += 1
    else if (this.groups.size < 10 * MOST_GROUPS) this.groups.set(alike, { was, would, tool, reason, rule, count: 1 })
  }

  /** The changes that are listed. */
  *listed(): Generator<Changed> {
    for (const { newest } of this.moves.values()) yield* newest
  }

  result(unknown: SimulationResult['unknown']): SimulationResult {
    return {
      decisions: this.decisions,
      same: this.same,
      moves: [...this.moves.values()]
        .map(({ newest, ...move }) => ({ ...move, listed: newest.length }))
        .toSorted((a, b) => b.count - a.count),
      groups: [...this.groups.values()].toSorted((a, b) => b.count - a.count).slice(0, MOST_GROUPS),
      unreplayed: this.unreplayed,
      opened: this.opened,
      unknown,
    }
  }
}
