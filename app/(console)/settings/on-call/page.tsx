import type { Metadata } from 'next'
import { PostButton } from '@/components/people/act-form'
import { CalendarForm } from '@/components/people/calendar-form'
import { NoticeOf } from '@/components/people/notice'
import { OverrideForm, RotaForm } from '@/components/people/rota-form'
import { RotaPicture } from '@/components/people/rota-picture'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { RowLink, Table, Td, Th } from '@/components/table/table'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { StateWord } from '@/components/ui/state-word'
import { Time } from '@/components/ui/time'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Flash } from '@/lib/people/session-flash'
import { covers, onCallAt } from '@/lib/people/on-call'
import { can } from '@/lib/people/permission'
import { activePeople } from '@/lib/people/read'
import { listShifts, type ShiftRow } from '@/lib/people/read-on-call'
import { readRota, rotaDays } from '@/lib/people/read-rota'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'On call' }
const ASSIGN = '/api/console/on-call'

/** Who holds the kill switch, now and next (C34). */
export default async function OnCallPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const now = new Date()
  const [shifts, flash, found] = await Promise.all([listShifts(db(), now), said(searchParams), readRota(db(), now)])
  const assigns = can(actor, 'on_call.assign')
  const never = (roles: readonly string[]) => roles.includes('auditor') || roles.includes('administrator')
  const people = assigns.ok ? (await activePeople(db())).filter(({ roles }) => !never(roles)) : []
  const current = onCallAt(shifts, now).now.map(({ name }) => name)
  return (
    <Main>
      <PageHead
        title={
          current.length === 0
            ? 'Nobody is on call.'
            : `${inWords(current)} ${current.length === 1 ? 'is' : 'are'} on call.`
        }
        lead="Whoever is on call halts agents at any hour, and lifts halts together with a second person. Any analyst and any ciso can halt too."
      />
      <SettingsTabs current={paths.onCall()} />
      <NoticeOf flash={flash} />
      {shifts.length === 0 ? (
        <Empty kind="never" title="Nobody is on call, now or later">
          {assigns.ok ? 'Put somebody on call below.' : assigns.reason}
        </Empty>
      ) : (
        <ShiftTable shifts={shifts} now={now} ends={assigns.ok} />
      )}
      <Section id="weeks" title="The next four weeks">
        <RotaPicture days={rotaDays(shifts, now, 28)} />
      </Section>
      {assigns.ok && (
        <>
          <Section id="rota" title="By turns">
            <RotaForm
              said={saidTo(flash, '/api/console/on-call/rota')}
              people={people}
              rota={found?.rota ?? null}
              timeZone={found?.timeZone ?? 'the organisation’s time zone'}
            />
          </Section>
          {found !== null && (
            <Section id="override" title="Give a day to somebody else">
              <OverrideForm said={saidTo(flash, '/api/console/on-call/overrides')} people={people} />
            </Section>
          )}
          <Section id="calendar" title="From a calendar">
            <CalendarForm />
          </Section>
          <Section id="assign" title="Put somebody on call">
            <AssignForm flash={flash} people={people} />
          </Section>
        </>
      )}
    </Main>
  )
}

function ShiftTable({ shifts, now, ends }: { shifts: readonly ShiftRow[]; now: Date; ends: boolean }) {
  return (
    <Table label="Shifts" density={40}>
      <thead>
        <tr>
          <Th>Who</Th>
          <Th>State</Th>
          <Th>From</Th>
          <Th>Until</Th>
          <Th>Assigned by</Th>
          {ends && (
            <Th>
              <span className="vh">Act</span>
            </Th>
          )}
        </tr>
      </thead>
      <tbody>
        {shifts.map((shift) => (
          <tr key={shift.id}>
            <RowLink href={paths.person(publicId('person', shift.personId))}>{shift.name}</RowLink>
            <Td>{covers(shift, now) ? <StateWord state="on_call" /> : <span className="st quiet">Later</span>}</Td>
            <Td quiet>
              <Time at={shift.startsAt} />
            </Td>
            <Td quiet>{shift.endsAt === null ? 'somebody ends it' : <Time at={shift.endsAt} />}</Td>
            <Td quiet>{shift.assignedBy}</Td>
            {ends && (
              <Td>
                <PostButton action={`/api/console/on-call/${shift.id}/end`}>
                  {covers(shift, now) ? `End it now` : 'Take it back'}
                </PostButton>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function AssignForm({ flash, people }: { flash: Flash | undefined; people: readonly { id: string; name: string }[] }) {
  const form = saidTo(flash, ASSIGN)
  return (
    <form method="post" action={ASSIGN} className="narrow-form">
      <FormErrors errors={form.errors} />
      <Select
        label="Who"
        name="personId"
        required
        empty="Choose a person"
        choices={people.map(({ id, name }) => [id, name] as const)}
        defaultValue={form.value('personId') ?? ''}
        error={form.error('personId')}
      />
      <Field
        label="From"
        aside="UTC; left out, from now"
        name="startsAt"
        type="datetime-local"
        defaultValue={form.value('startsAt')}
        error={form.error('startsAt')}
      />
      <Field
        label="Until"
        aside="UTC; left out, until somebody ends it"
        name="endsAt"
        type="datetime-local"
        defaultValue={form.value('endsAt')}
        error={form.error('endsAt')}
      />
      <Button type="submit" variant="pri">
        Put them on call
      </Button>
    </form>
  )
}

function inWords(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names)
}
