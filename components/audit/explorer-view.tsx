import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Explored } from '@/lib/audit/read-explorer'
import type { Range, Terms } from '@/lib/audit/term'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { publicId, uuidv7 } from '@/lib/core/ids'
import { Empty } from '../ui/empty'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { Pager } from '../ui/pager'
import { AuditEmpty } from './audit-empty'
import { AuditTable } from './audit-table'
import { BarsView } from './bars-view'
import { FacetRail } from './facet-rail'
import { NewEntries } from './new-entries'
import { rangeWords } from './range-words'
import { RowKeys } from './row-keys'

/** What a view found: how its entries lie in time, what they have in common, the entries, and the one that is open beside them. */
export function ExplorerView({
  found,
  terms,
  address,
  range,
  zone,
  now,
  panel,
  openAt,
}: {
  found: Explored
  terms: Terms
  address: Address
  range: Range
  zone: string
  now: Date
  panel: ReactNode
  /** when the open entry was recorded, ISO 8601 */ openAt: string | null
}) {
  const within = rangeWords(address.span, range, now, zone)
  const page = found.page ?? { rows: [], newer: null, older: null }
  const top = address.before === null && address.after === null
  const newest = page.rows[0]?.id ?? publicId('entry', uuidv7(now.getTime(), new Uint8Array(10)))
  return (
    <>
      <div className={panel ? 'listside has-open' : 'listside'}>
        {found.unknown.length > 0 && <UnknownNames unknown={found.unknown} />}
        {found.bars ? (
          <BarsView found={found.bars} within={within} address={address} open={openAt} zone={zone} now={now} />
        ) : (
          found.unknown.length === 0 && (
            <p className="t2">Counting this took too long. The entries themselves are below.</p>
          )
        )}
      </div>
      <div className={panel ? 'three' : 'three plain'}>
        <div className={panel ? 'listside has-open facside' : 'facside'}>
          {found.facets && <FacetRail facets={found.facets} terms={terms} address={address} />}
        </div>
        <div className={panel ? 'listside has-open' : 'listside'}>
          {top && found.unknown.length === 0 && 'last' in address.span && (
            <NewEntries key={newest} address={address} after={newest} />
          )}
          {page.rows.length > 0 ? (
            <RowKeys terms={terms} address={address}>
              <AuditTable rows={page.rows} address={address} zone={zone} now={now} />
              <Pager
                words={`${page.rows.length} ${page.rows.length === 1 ? 'entry' : 'entries'}, newest first`}
                newer={page.newer === null ? undefined : auditPath({ ...topOf(address), after: page.newer })}
                older={page.older === null ? undefined : auditPath({ ...topOf(address), before: page.older })}
              />
            </RowKeys>
          ) : (
            <None found={found} address={address} terms={terms} within={within} now={now} />
          )}
        </div>
        {panel}
      </div>
    </>
  )
}

function None({
  found,
  address,
  terms,
  within,
  now,
}: {
  found: Explored
  address: Address
  terms: Terms
  within: string
  now: Date
}) {
  const clear = { href: auditPath({ ...topOf(address), q: '' }), words: 'Clear the filter' }
  if (found.unknown.length > 0) return <Empty kind="filtered" title="Nothing was looked for." clear={clear} />
  if (found.page === null)
    return (
      <Empty
        kind="filtered"
        title="This takes too long to find."
        wider={{ href: auditPath({ ...topOf(address), span: { last: '1h' } }), words: 'Look in the last hour' }}
        clear={clear}
      >
        It was stopped before it held anybody else up. Narrow the range of time, or name an agent.
      </Empty>
    )
  return (
    <AuditEmpty address={address} terms={terms} within={within} newest={found.newest} never={found.never} now={now} />
  )
}

/** Names in the filter that nobody has, each with what is wrong; it is no guess away from what was meant, so nothing was looked for. */
function UnknownNames({ unknown }: { unknown: Explored['unknown'] }) {
  return (
    <div className="qerr" role="alert">
      <ul>
        {unknown.map(({ field, value, says }) => (
          <li className="err" key={`${field} ${value}`}>
            <Icon of={TriangleAlert} />
            <span>
              <mark className="mono">
                {field}:<HostileText text={value} max={200} />
              </mark>{' '}
              {says}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
