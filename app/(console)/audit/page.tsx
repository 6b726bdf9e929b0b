import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { AddressProblems } from '@/components/audit/address-problems'
import { EntryPanel } from '@/components/audit/entry-panel'
import { ExplorerNav } from '@/components/audit/explorer-nav'
import { ExplorerView } from '@/components/audit/explorer-view'
import { ExportMenu } from '@/components/audit/export-menu'
import { QueryBar } from '@/components/audit/query-bar'
import { QueryChips } from '@/components/audit/query-chips'
import { RangePicker } from '@/components/audit/range-picker'
import { ViewsMenu } from '@/components/audit/views-menu'
import { ZoneAsk } from '@/components/audit/zone-ask'
import { ZONE_COOKIE } from '@/components/audit/zone-cookie'
import { ZoneSwitch } from '@/components/audit/zone-switch'
import { NoticeOf } from '@/components/people/notice'
import { Main, PageHead } from '@/components/shell/page'
import { ZoneProvider } from '@/components/ui/clock'
import { readOpen } from '@/lib/audit/read-open'
import { readExplorer } from '@/lib/audit/read-explorer'
import { readViews } from '@/lib/audit/read-views'
import type { Terms } from '@/lib/audit/term'
import { parseTerms } from '@/lib/audit/term-parse'
import { printTerms } from '@/lib/audit/term-print'
import { auditPath, readAddress, topOf } from '@/lib/audit/view-address'
import { rangeOf } from '@/lib/audit/view-range'
import { isZone } from '@/lib/audit/view-zone'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Audit' }

type Given = Record<string, string | string[] | undefined>

/** The record, searched: one bar, one bounded stretch of time, and every entry that both find. The address is the view. */
export default async function AuditPage({ searchParams }: { searchParams: Promise<Given> }) {
  const actor = await signedIn()
  const now = new Date()
  const given = await searchParams
  const own = await ownZone()
  const zone = given.tz === 'utc' ? 'UTC' : (own ?? 'UTC')
  const { address, problems, written } = readAddress(given, zone)
  const asked = parseTerms(address.q)
  if (asked.ok && problems.length === 0 && !written) redirect(auditPath(address))

  // A filter that cannot be read takes nothing away: what the last good one showed stays, where the form still says which it was.
  const kept = asked.ok || typeof given.kept !== 'string' ? null : parseTerms(given.kept)
  const terms = asked.ok ? asked.terms : kept?.ok ? kept.terms : null
  const shown = asked.ok ? address : { ...topOf(address), q: String(given.kept ?? '') }
  const range = rangeOf(shown.span, now)
  const [found, open, views, flash] = await Promise.all([
    terms !== null && problems.length === 0 ? readExplorer(actor, { terms, range }, shown, now) : null,
    shown.entry === null || terms === null ? null : readOpen(db(), actor, shown.entry),
    readViews(db(), actor),
    said(searchParams),
  ])
  return (
    <Main>
      <ZoneProvider zone={zone}>
        {address.tz === 'local' && own === null && <ZoneAsk />}
        <ExplorerNav asOf={now.toISOString()}>
          <PageHead
            title="Audit"
            acts={
              <>
                <Link href={paths.resources()}>Protected resources</Link>
                <Link href={paths.integrity()}>Is it whole?</Link>
                <ZoneSwitch address={address} local={zone !== 'UTC' || address.tz === 'local'} />
                {terms !== null && can(actor, 'audit.export').ok && (
                  <ExportMenu
                    query={{ ...exported(terms), from: day(range.from), to: day(new Date(range.to.getTime() - 1)) }}
                  />
                )}
                <ViewsMenu views={views} address={shown} readable={terms !== null} flash={flash} />
              </>
            }
          />
          <NoticeOf flash={flash} />
          <div className={open ? 'listside has-open' : 'listside'}>
            <div className="qrow">
              <QueryBar
                address={address}
                problems={asked.ok ? [] : asked.problems}
                kept={terms === null ? '' : shown.q}
              >
                {terms !== null && <QueryChips terms={terms} address={shown} />}
              </QueryBar>
              <RangePicker address={shown} range={range} zone={zone} now={now} />
            </div>
            <AddressProblems address={address} problems={problems} asked={asked} kept={terms !== null} />
          </div>
          {found && terms !== null && (
            <ExplorerView
              found={found}
              terms={terms}
              address={shown}
              range={range}
              zone={zone}
              now={now}
              panel={
                open && <EntryPanel open={open} address={shown} terms={terms} origin={sessionConfig().publicUrl} />
              }
              openAt={open?.is === 'entry' ? (open.detail.entry?.time ?? null) : null}
            />
          )}
        </ExplorerNav>
      </ZoneProvider>
    </Main>
  )
}

/** A filter by one agent is what the export calls being about an agent; everything else stays a filter. */
function exported(terms: Terms): { q?: string; agent?: string } {
  const named = terms.filter((term) => term.type === 'field' && term.field === 'agent')
  const [one] = named
  const value =
    named.length === 1 && one?.type === 'field' && !one.negated && one.values.length === 1 ? one.values[0] : null
  if (value?.is !== 'exact') return terms.length > 0 ? { q: printTerms(terms) } : {}
  const rest = terms.filter((term) => term !== one)
  return { agent: value.text, ...(rest.length > 0 && { q: printTerms(rest) }) }
}

/** The export asks by days; its page says so. */
const day = (at: Date): string => at.toISOString().slice(0, 10)

/** The zone this browser's reader chose, where it said one. */
async function ownZone(): Promise<string | null> {
  const kept = (await cookies()).get(ZONE_COOKIE)?.value ?? ''
  // Next has decoded it once; a zone's name needs no more than that
  const value = kept.replaceAll('%2F', '/')
  return value !== '' && isZone(value) ? value : null
}
