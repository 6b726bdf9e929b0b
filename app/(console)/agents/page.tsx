import { Plus } from 'lucide-react'
import type { Metadata } from 'next'
import { FINDING_WORDS, RegistryFilter } from '@/components/agents/registry-filter'
import { RegistryTable } from '@/components/agents/registry-table'
import { registryUrl } from '@/components/agents/registry-url'
import { NoticeOf } from '@/components/people/notice'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { agentQuery, type AgentQuery } from '@/lib/agents/contract'
import { readStandings } from '@/lib/agents/read-grade'
import { ownerChoices, today as todayOf } from '@/lib/agents/read'
import { registry } from '@/lib/boundary/registry'
import { containedBy, isFinding, selectRows, type RegistryRow } from '@/lib/boundary/registry-rows'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { haltCovers } from '@/lib/halt/halt'
import { haltsInForce } from '@/lib/halt/in-force'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Agents' }

/** Every agent: whose it is, what it may do by which version, what it did last, and what somebody should look at. */
export default async function AgentsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const query = agentQuery.parse(await searchParams)
  const now = new Date()
  const [all, halts, owners, today, flash] = await Promise.all([
    registry(db()),
    haltsInForce(db()),
    ownerChoices(db()),
    todayOf(db(), now),
    said(searchParams),
  ])
  const rows = selectRows(all, query, today, now.getTime())
  const unfiltered = selectRows(all, { ...query, finding: undefined }, today, now.getTime())
  const standings = await readStandings(
    db(),
    rows.map(({ id }) => id),
    now,
  )
  const halted = new Set(
    all
      .filter(({ id, teamId, environment }) =>
        halts.some((halt) => haltCovers(halt, { agentId: id, teamId, environment })),
      )
      .map(({ id }) => id),
  )
  const may = can(actor, 'agent.register', { ownerId: actor.id })
  const register = { href: paths.newAgent(), words: 'Register an agent' }
  return (
    <Main>
      <LiveRefresh topic={['agents', 'boundaries', 'actions', 'approvals', 'halts']} />
      <PageHead
        title={headline(all, halted, today, now.getTime())}
        lead="An agent is a program that asks here before it acts. A person answers for each."
        acts={
          may.ok &&
          all.length > 0 && (
            <ButtonLink variant="pri" icon={Plus} href={register.href}>
              {register.words}
            </ButtonLink>
          )
        }
      />
      <NoticeOf flash={flash} />
      {all.length === 0 ? (
        <Empty kind="never" title="No agent is registered yet." start={may.ok ? register : undefined}>
          You need its name, what it is for, a person who answers for it, and a day to look at it again.{' '}
          {!may.ok && may.reason}
        </Empty>
      ) : (
        <>
          <RegistryFilter
            query={query}
            owners={owners}
            counts={countFindings(unfiltered, today, now.getTime())}
            total={unfiltered.length}
          />
          {rows.length > 0 ? (
            <RegistryTable
              rows={rows}
              query={query}
              halted={halted}
              standings={standings}
              today={today}
              now={now.getTime()}
            />
          ) : (
            <Empty
              kind="filtered"
              title="No agent matches."
              clear={{ href: paths.agents(), words: 'Clear the filter' }}
              wider={
                query.finding === undefined
                  ? undefined
                  : { href: registryUrl(query, { finding: undefined }), words: 'Without the finding' }
              }
            >
              {all.length} {all.length === 1 ? 'agent is' : 'agents are'} registered, retired ones included.
            </Empty>
          )}
        </>
      )}
    </Main>
  )
}

function countFindings(rows: readonly RegistryRow[], today: string, now: number) {
  const count = (finding: NonNullable<AgentQuery['finding']>) =>
    rows.filter((row) => isFinding(row, finding, today, now)).length
  return Object.fromEntries(
    (Object.keys(FINDING_WORDS) as (keyof typeof FINDING_WORDS)[]).map((finding) => [finding, count(finding)]),
  ) as Record<keyof typeof FINDING_WORDS, number>
}

function headline(rows: readonly RegistryRow[], halted: ReadonlySet<string>, today: string, now: number): string {
  const living = rows.filter(({ state }) => state !== 'retired')
  if (living.length === 0) return 'Agents'
  const stopped = living.filter(({ id }) => halted.has(id)).length
  const active = living.filter(
    (row) => row.state === 'active' && !halted.has(row.id) && containedBy(row, today, now).length === 0,
  ).length
  const orphans = living.filter((row) => !row.owner.active).length
  const parts = [
    living.length === 1 ? 'One agent' : `${String(living.length)} agents`,
    `${active === living.length ? 'all' : String(active)} active`,
    ...(stopped > 0 ? [`${String(stopped)} halted`] : []),
    ...(orphans > 0 ? [`${String(orphans)} without an owner`] : []),
  ]
  return `${parts.join(', ')}.`
}
