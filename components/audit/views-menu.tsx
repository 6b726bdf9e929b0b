import { Bookmark } from 'lucide-react'
import Link from 'next/link'
import { addressOf, BUILT_IN, keptQuery, type SavedView } from '@/lib/audit/saved-view'
import { auditPath, type Address } from '@/lib/audit/view-address'
import { Button } from '../ui/button'
import { FormErrors } from '../ui/form-errors'
import { Icon } from '../ui/icon'
import { saidTo } from '../people/said'
import type { Flash } from '@/lib/people/session-flash'

const SAVE = '/api/console/audit/views'

/** The views that have a name: four of the house, one's own, and those colleagues share. A view is an address. */
export function ViewsMenu({
  views,
  address,
  readable,
  flash,
}: {
  views: readonly SavedView[]
  address: Address
  /** the filter can be read, so the view can be kept */ readable: boolean
  flash: Flash | undefined
}) {
  const query = keptQuery(address)
  const said = saidTo(flash, SAVE)
  const mine = views.filter((view) => view.mine)
  const others = views.filter((view) => !view.mine)
  const go = (name: string, to: Address) => (
    <Link href={auditPath({ ...to, tz: address.tz })} aria-current={keptQuery(to) === query ? 'true' : undefined}>
      {name}
    </Link>
  )
  return (
    <details className="drop right" name="audit-drop" open={said.errors.length > 0}>
      <summary className="btn sm">
        <Icon of={Bookmark} />
        Views
      </summary>
      <div className="pop views">
        <ul>
          {BUILT_IN.map(({ name, address: to }) => (
            <li key={name}>{go(name, to)}</li>
          ))}
        </ul>
        {mine.length > 0 && <h2>Yours</h2>}
        <ul>
          {mine.map((view) => (
            <Own key={view.id} view={view} go={go} />
          ))}
        </ul>
        {others.length > 0 && <h2>Shared by others</h2>}
        <ul>
          {others.map((view) => (
            <li key={view.id}>
              <Kept view={view} go={go} /> <span className="t3">{view.by}</span>
            </li>
          ))}
        </ul>
        {readable && (
          <form method="post" action={SAVE}>
            <FormErrors errors={said.errors} />
            <label htmlFor="view-name">Keep what is shown as</label>
            <input
              className="in"
              id="view-name"
              name="name"
              required
              maxLength={60}
              defaultValue={said.value('name') ?? ''}
            />
            <input type="hidden" name="query" value={query} />
            <label className="opt">
              <input type="checkbox" name="shared" /> <span>Share it with everybody</span>
            </label>
            <Button type="submit" size="sm">
              Keep this view
            </Button>
          </form>
        )}
      </div>
    </details>
  )
}

type Go = (name: string, to: Address) => React.ReactNode

function Kept({ view, go }: { view: SavedView; go: Go }) {
  const to = addressOf(view.query)
  return to ? go(view.name, to) : <span className="t3">{view.name} (its filter can no longer be read)</span>
}

/** One of one's own: renamed, shared and removed by plain forms. */
function Own({ view, go }: { view: SavedView; go: Go }) {
  return (
    <li className="own">
      <Kept view={view} go={go} />
      {view.shared && <span className="t3"> shared</span>}
      <details className="raw">
        <summary>
          Change<span className="vh"> {view.name}</span>
        </summary>
        <form method="post" action={`${SAVE}/${view.id}`}>
          <label htmlFor={`n-${view.id}`}>Name</label>
          <input className="in" id={`n-${view.id}`} name="name" required maxLength={60} defaultValue={view.name} />
          <label className="opt">
            <input type="checkbox" name="shared" defaultChecked={view.shared} /> <span>Share it with everybody</span>
          </label>
          <Button type="submit" size="sm">
            Save the change
          </Button>
        </form>
        <form method="post" action={`${SAVE}/${view.id}/removal`}>
          <Button type="submit" size="sm" variant="bare">
            Remove this view
          </Button>
        </form>
      </details>
    </li>
  )
}
