/** A moment at which who answers for an agent was said in the ledger: its registration, a hand-over, a take-over. */
export type OwnershipEvent = {
  /** the agent, a UUID */
  agent: string
  kind: 'agent.registered' | 'agent.handed_over' | 'agent.taken_over'
  /** who answers for it from here on, a UUID */
  owner: string
  /** ISO 8601 */
  at: string
  /** its place in the log, which orders what is of one millisecond; null until it has one */
  index: number | null
  /** `ent_…` */
  entry: string
}

/** One stretch in which somebody answered for an agent: from an entry up to, and without, the next. */
export type OwnedInterval = {
  agent: string
  began: OwnershipEvent
  /** null: still today */
  ended: OwnershipEvent | null
}

/** The order of the log; what has no place yet comes last, by time. */
export function inLogOrder(a: OwnershipEvent, b: OwnershipEvent): number {
  if (a.index !== null && b.index !== null) return a.index - b.index
  if (a.index === null && b.index === null) return a.at < b.at ? -1 : a.at > b.at ? 1 : a.entry < b.entry ? -1 : 1
  return a.index === null ? 1 : -1
}

/**
 * The stretches in which a person answered for agents, that touch a period. The bounds are the entries themselves, so two people
 * never answer for one agent at once and no moment is between them: not even where both transfers are of one millisecond.
 * @param events all of the agents concerned, in any order
 * @param from ISO 8601, included; `to` is excluded
 */
export function intervalsOf(
  events: readonly OwnershipEvent[],
  person: string,
  period: { from: string; to: string },
): OwnedInterval[] {
  const found: OwnedInterval[] = []
  for (const own of byAgent(events)) {
    own.forEach((began, n) => {
      // handing over to the same person again ends nothing: the stretch goes on
      if (began.owner !== person || own[n - 1]?.owner === person) return
      const ended = own.slice(n + 1).find(({ owner }) => owner !== person) ?? null
      const touches = began.at < period.to && (ended === null || ended.at >= period.from)
      if (touches) found.push({ agent: began.agent, began, ended })
    })
  }
  return found.toSorted((a, b) => inLogOrder(a.began, b.began))
}

/** Who was said to answer for an agent as of an entry, and what was said since. */
export function ownershipAsOf(
  events: readonly OwnershipEvent[],
  moment: { index: number | null; at: string },
): { then: OwnershipEvent | null; since: readonly OwnershipEvent[] } {
  const before = (event: OwnershipEvent) =>
    moment.index !== null && event.index !== null ? event.index < moment.index : event.at <= moment.at
  const ordered = events.toSorted(inLogOrder)
  return { then: ordered.findLast(before) ?? null, since: ordered.filter((event) => !before(event)) }
}

function byAgent(events: readonly OwnershipEvent[]): OwnershipEvent[][] {
  const agents = new Map<string, OwnershipEvent[]>()
  for (const event of events.toSorted(inLogOrder)) agents.set(event.agent, [...(agents.get(event.agent) ?? []), event])
  return [...agents.values()]
}
