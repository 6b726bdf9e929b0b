import { Break } from './break'
import type { Placed } from './entry'
import { memberOf, readJson } from './manifest'
import type { Archive } from './zip'

/**
 * `people.json`: who had which roles, and who answered for which agent, as of the end of what the bundle covers. `entry` is the entry each
 * line follows from; a name is the server's word alone (names are erasable, and so in no entry).
 */
export type PeopleTable = {
  /** entries up to this place were read */
  end: number
  people: readonly { id: string; name: string | null; roles: readonly string[]; active: boolean; entry: number }[]
  owners: readonly { agent: string; slug: string | null; owner: string; entry: number }[]
}

const ROLES = ['person.joined', 'person.roles_changed']
const OWNERS = ['agent.registered', 'agent.handed_over', 'agent.taken_over']

/** What the entries say of roles and owners: the newest of each. Entries are given in any order. */
export class People {
  readonly #end: number
  readonly #roles = new Map<string, { roles: readonly string[]; index: number }>()
  readonly #active = new Map<string, { active: boolean; index: number }>()
  readonly #owners = new Map<string, { owner: string; index: number }>()

  constructor(end: number) {
    this.#end = end
  }

  entry({ index, entry }: Placed): void {
    if (index >= this.#end) return
    const { kind, about, agent, owner, labels } = entry
    const person = about?.['person']
    if (person !== undefined && ROLES.includes(kind)) newest(this.#roles, person, { roles: labels ?? [], index })
    if (person !== undefined && kind === 'person.deactivated') newest(this.#active, person, { active: false, index })
    if (person !== undefined && kind === 'person.reactivated') newest(this.#active, person, { active: true, index })
    if (agent !== undefined && owner !== undefined && OWNERS.includes(kind))
      newest(this.#owners, agent, { owner, index })
  }

  /** Holds the table against the entries. @throws Break `people_differ` */
  check(archive: Archive): PeopleTable {
    const file = 'people.json'
    const table = readJson<PeopleTable>(archive.read(memberOf(archive, file)), file)
    if (table.end !== this.#end) throw new Break('people_differ', { file })
    for (const { id, roles, active, entry } of table.people) {
      const found = this.#roles.get(id)
      const state = this.#active.get(id)?.active ?? true
      const agree = found?.index === entry && found.roles.join() === roles.join() && state === active
      if (!agree) throw new Break('people_differ', { file, index: entry })
    }
    for (const { agent, owner, entry } of table.owners) {
      const found = this.#owners.get(agent)
      if (found?.index !== entry || found.owner !== owner) throw new Break('people_differ', { file, index: entry })
    }
    return table
  }
}

function newest<T extends { index: number }>(map: Map<string, T>, key: string, value: T): void {
  const known = map.get(key)
  if (!known || known.index < value.index) map.set(key, value)
}
