import type { Entry } from '@/lib/ledger/entry'

/** Kinds of entries that say who had which roles, and who answered for an agent. */
export const PEOPLE_KINDS = [
  ...(['person.joined', 'person.roles_changed', 'person.deactivated', 'person.reactivated'] as const),
]
export const OWNER_KINDS = ['agent.registered', 'agent.handed_over', 'agent.taken_over'] as const

export type PeopleThen = {
  end: number
  people: { id: string; name: string | null; roles: readonly string[]; active: boolean; entry: number }[]
  owners: { agent: string; slug: string | null; owner: string; entry: number }[]
}

/**
 * Who had which roles and who answered for which agents, as of place `end` of the log: read from the entries alone, in the order of
 * the log. Names are those of today.
 */
export function peopleThen(
  entries: readonly { index: number; entry: Entry }[],
  end: number,
  names: ReadonlyMap<string, string>,
): PeopleThen {
  const people = new Map<string, PeopleThen['people'][number]>()
  const owners = new Map<string, PeopleThen['owners'][number]>()
  for (const { index, entry } of entries) {
    if (index >= end) continue
    const { kind, about, agent, owner, labels } = entry
    const id = about?.person
    if (id && (kind === 'person.joined' || kind === 'person.roles_changed')) {
      const active = people.get(id)?.active ?? true
      people.set(id, { id, name: names.get(id) ?? null, roles: labels ?? [], active, entry: index })
    }
    const known = id ? people.get(id) : undefined
    if (known && kind === 'person.deactivated') known.active = false
    if (known && kind === 'person.reactivated') known.active = true
    if (agent && owner && (OWNER_KINDS as readonly string[]).includes(kind))
      owners.set(agent, { agent, slug: names.get(agent) ?? null, owner, entry: index })
  }
  return { end, people: [...people.values()], owners: [...owners.values()] }
}
