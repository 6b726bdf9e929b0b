import { paths } from '@/lib/core/paths'
import type { ToolsView } from '@/lib/tools/contract'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Segment } from '../ui/tabs'

const SHOWN = [
  ['all', 'All'],
  ['unconfirmed', 'Unconfirmed'],
  ['changed', 'Changed'],
  ['seen', 'Only seen'],
  ['confirmed', 'Confirmed'],
] as const

/** Which tools are shown: by what is to be done about them, each with its number, and by a word. The address is the view. */
export function ToolsFilter({ view, counts }: { view: ToolsView; counts: Record<ToolsView['show'], number> }) {
  return (
    <>
      <Segment
        label="Which tools"
        choices={SHOWN.map(([show, label]) => ({
          label,
          count: counts[show],
          href: paths.tools({ show: show === 'all' ? undefined : show, q: view.q }),
          current: view.show === show,
        }))}
      />
      <form method="get" className="period" role="search" aria-label="Tools">
        {view.show !== 'all' && <input type="hidden" name="show" value={view.show} />}
        <Field
          label="Name, or a word its server says"
          name="q"
          type="search"
          maxLength={100}
          autoComplete="off"
          defaultValue={view.q}
        />
        <Button type="submit">Search</Button>
      </form>
    </>
  )
}
