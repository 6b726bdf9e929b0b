import { HALT_SCOPES } from '@/lib/halt/halt'
import type { HaltsQuery } from '@/lib/halt/contract'
import { paths } from '@/lib/core/paths'
import { Button } from '../ui/button'
import { Segment } from '../ui/tabs'

/** What the list of all halts is narrowed to: links and a plain form, so that the address is the view. */
export function HaltFilter({
  query,
  counts,
}: {
  query: HaltsQuery
  counts: { all: number; inForce: number; engagers: readonly { id: string; name: string }[] }
}) {
  const { before: _, ...kept } = query
  const choice = (state: HaltsQuery['state'], label: string, count: number) => ({
    ...{ label, count, current: query.state === state },
    href: paths.halts({ ...kept, state }),
  })
  return (
    <div className="reg-bar">
      <Segment
        label="Which halts"
        choices={[
          choice(undefined, 'All', counts.all),
          choice('in_force', 'In force', counts.inForce),
          choice('lifted', 'Lifted', counts.all - counts.inForce),
        ]}
      />
      <form className="reg-form" role="search" aria-label="Filter halts">
        {query.state !== undefined && <input type="hidden" name="state" value={query.state} />}
        <input
          className="in"
          type="search"
          name="q"
          defaultValue={query.q}
          placeholder="Agent, team, server, tool"
          aria-label="Part of what it names"
          maxLength={120}
        />
        <select className="in" name="scope" aria-label="Scope" defaultValue={query.scope ?? ''}>
          <option value="">Any scope</option>
          {HALT_SCOPES.map((scope) => (
            <option key={scope} value={scope}>
              {scope}
            </option>
          ))}
        </select>
        <select className="in" name="by" aria-label="Engaged by" defaultValue={query.by ?? ''}>
          <option value="">By anybody</option>
          <option value="rule">by a rule</option>
          {counts.engagers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <Button type="submit">Filter</Button>
      </form>
    </div>
  )
}
