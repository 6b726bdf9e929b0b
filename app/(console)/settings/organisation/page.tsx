import type { Metadata } from 'next'
import { LeaseForm } from '@/components/agents/lease-form'
import { LapseForm } from '@/components/people/lapse-form'
import { LedgerKey } from '@/components/people/ledger-key'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { timeZoneChoices } from '@/components/people/time-zones'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { lapseSetting } from '@/lib/boundary/read-terms'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { ledgerStatus } from '@/lib/ledger/read'
import type { Flash } from '@/lib/people/session-flash'
import { can } from '@/lib/people/permission'
import { listTeams, readOrganisation } from '@/lib/people/read'
import { said } from '@/lib/people/session-said'
import { readLeases } from '@/lib/runs/read'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Organisation' }
const EDIT = '/api/console/organisation'
const LEASE = '/api/console/organisation/lease'
const TEAM = '/api/console/teams'

/** The organisation: its name and time zone, its teams, and the key that checks its ledger. */
export default async function OrganisationPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'settings.read')
  if (!permission.ok) return <NotPermitted title="Organisation" reason={permission.reason} />
  const [organisation, teams, ledger, lapse, leases, flash] = await Promise.all([
    readOrganisation(db()),
    listTeams(db()),
    ledgerStatus(db()),
    lapseSetting(db()),
    readLeases(db()),
    said(searchParams),
  ])
  const edits = can(actor, 'settings.edit')
  const lapses = can(actor, 'lapse.set')
  const leasing = can(actor, 'lease.govern')
  return (
    <Main>
      <PageHead
        title={organisation?.name ?? 'Organisation'}
        lead={`Its days begin at midnight in ${organisation?.timeZone ?? 'UTC'}.`}
      />
      <SettingsTabs current={paths.organisation()} />
      <NoticeOf flash={flash} />
      <Section id="teams" title="Teams" aside="every agent belongs to one">
        {teams.length === 0 ? (
          <Empty kind="never" title="No teams yet">
            {edits.ok ? 'Make the first one below: an agent needs a team.' : edits.reason}
          </Empty>
        ) : (
          <TeamTable teams={teams} />
        )}
        {edits.ok && <TeamForm flash={flash} />}
      </Section>
      {edits.ok && (
        <Section id="edit" title="Name, time zone and inbox">
          <OrganisationForm flash={flash} organisation={organisation} />
        </Section>
      )}
      <Section id="lapse" title="When a boundary or a review lapses">
        {lapses.ok ? (
          <LapseForm flash={flash} setting={lapse} />
        ) : (
          <p className="t2">
            {lapse.onLapse === 'suspend'
              ? 'An agent whose boundary lapsed or whose review is overdue may do nothing: it is suspended.'
              : 'An agent whose boundary lapsed or whose review is overdue keeps what it reads.'}{' '}
            {lapse.remindDays.length > 0 && `People are told ${lapse.remindDays.join(', ')} days before it is due. `}
            {lapses.reason}
          </p>
        )}
      </Section>
      <Section id="lease" title="When a program goes silent">
        {leasing.ok ? (
          <LeaseForm action={LEASE} said={saidTo(flash, LEASE)} seconds={leases.organisation} most={null} />
        ) : (
          <p className="t2">
            A run of a program that renews its lease lives {leases.organisation} seconds without a word.{' '}
            {leasing.reason}
          </p>
        )}
      </Section>
      <Section id="ledger" title="The ledger’s key">
        {ledger.origin && ledger.vkey && <LedgerKey origin={ledger.origin} vkey={ledger.vkey} />}
      </Section>
    </Main>
  )
}

function TeamTable({ teams }: { teams: readonly { id: string; name: string; people: number; agents: number }[] }) {
  return (
    <Table label="Teams">
      <thead>
        <tr>
          <Th>Team</Th>
          <Th num>People</Th>
          <Th num>Agents</Th>
        </tr>
      </thead>
      <tbody>
        {teams.map((team) => (
          <tr key={team.id}>
            <th scope="row">{team.name}</th>
            <Td num>{team.people}</Td>
            <Td num>{team.agents}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function TeamForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, TEAM)
  return (
    <form method="post" action={TEAM} className="narrow-form mt-4">
      <FormErrors errors={form.errors} />
      <Field
        label="Another team"
        name="name"
        required
        maxLength={80}
        defaultValue={form.value('name')}
        error={form.error('name')}
      />
      <Button type="submit">Make the team</Button>
    </form>
  )
}

function OrganisationForm({
  flash,
  organisation,
}: {
  flash: Flash | undefined
  organisation: { name: string; timeZone: string; inboxPerAgent: number; inboxMost: number } | undefined
}) {
  const form = saidTo(flash, EDIT)
  return (
    <form method="post" action={EDIT} className="narrow-form">
      <FormErrors errors={form.errors} />
      <Field
        label="Name"
        name="organisation"
        required
        maxLength={120}
        defaultValue={form.value('organisation') ?? organisation?.name}
        error={form.error('organisation')}
      />
      <Select
        label="Time zone"
        name="timeZone"
        defaultValue={form.value('timeZone') ?? organisation?.timeZone ?? 'UTC'}
        hint="Daily limits begin at its midnight."
        choices={timeZoneChoices()}
        error={form.error('timeZone')}
      />
      <Field
        label="Requests of one agent that may wait at once"
        name="inboxPerAgent"
        type="number"
        min={1}
        max={10_000}
        required
        defaultValue={form.value('inboxPerAgent') ?? organisation?.inboxPerAgent}
        hint="One more is forbidden, recorded as such, until somebody has answered some."
        error={form.error('inboxPerAgent')}
      />
      <Field
        label="Requests of all agents that may wait at once"
        name="inboxMost"
        type="number"
        min={1}
        max={100_000}
        required
        defaultValue={form.value('inboxMost') ?? organisation?.inboxMost}
        error={form.error('inboxMost')}
      />
      <Button type="submit">Save</Button>
    </form>
  )
}
