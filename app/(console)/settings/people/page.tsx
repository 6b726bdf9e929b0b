import { UserPlus } from 'lucide-react'
import type { Metadata } from 'next'
import { ActForm, PostButton } from '@/components/people/act-form'
import { CoSignatures } from '@/components/people/co-signatures'
import { FirstStepsList, stepsLeft } from '@/components/people/first-steps'
import { NoticeOf } from '@/components/people/notice'
import { PeopleTable } from '@/components/people/people-table'
import { RolesField } from '@/components/people/roles-field'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { ButtonLink } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Flash } from '@/lib/people/session-flash'
import { can } from '@/lib/people/permission'
import {
  listPeople,
  openInvitations,
  readFirstSteps,
  waitingChanges,
  type InvitationRow,
  type PersonRow,
} from '@/lib/people/read'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'People' }
const INVITE = '/api/console/invitations'

/** Everybody with an account, who is invited, and what waits for a ciso. `?act=invite` opens the form. */
export default async function PeoplePage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const invites = can(actor, 'person.invite').ok
  const [people, changes, steps, flash, query] = await Promise.all([
    listPeople(db()),
    waitingChanges(db()),
    readFirstSteps(db()),
    said(searchParams),
    searchParams,
  ])
  const invited = invites ? await openInvitations(db(), new Date()) : []
  const form = saidTo(flash, INVITE)
  const inviting = invites && (query.act === 'invite' || form.errors.length > 0)
  return (
    <Main>
      <PageHead
        title={headline(people)}
        lead="An administrator adds people and signs nothing. A ciso signs boundaries. An analyst decides held actions. An auditor reads."
        acts={
          invites && (
            <ButtonLink variant="pri" icon={UserPlus} href={`${paths.people()}?act=invite#act`}>
              Invite somebody
            </ButtonLink>
          )
        }
      />
      <SettingsTabs current={paths.people()} />
      <NoticeOf flash={flash} />
      {inviting && <InviteForm flash={flash} />}
      {changes.length > 0 && (
        <Section
          id="waiting"
          title="Waiting for a ciso’s co-signature"
          aside="an administrator alone does nothing to a ciso"
        >
          <CoSignatures changes={changes} actor={actor} />
        </Section>
      )}
      {invites && stepsLeft(steps) && (
        <Section id="steps" title="Before the first agent may act">
          <FirstStepsList steps={steps} linked />
        </Section>
      )}
      <Section id="people" title="People" aside={`${people.length}`}>
        <PeopleTable people={people} />
      </Section>
      {invited.length > 0 && (
        <Section id="invited" title="Invited" aside="their links work once">
          <Invited invited={invited} />
        </Section>
      )}
    </Main>
  )
}

function headline(people: readonly PersonRow[]): string {
  const active = people.filter(({ deactivatedAt }) => deactivatedAt === null)
  const cisos = active.filter(({ roles }) => roles.includes('ciso')).length
  if (cisos === 0) return 'Nobody can sign yet: there is no ciso.'
  const [person] = active
  return active.length === 1 && person
    ? `${person.name} is alone here.`
    : `${active.length} people govern these agents.`
}

function InviteForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, INVITE)
  return (
    <ActForm
      id="invite"
      title="Invite somebody"
      action={INVITE}
      said={form}
      submit="Make their link"
      cancel={paths.people()}
      consequence="You get a link to hand over yourself. It works once, for 72 hours. After the first ciso, another one waits for a ciso’s co-signature."
    >
      <Field
        label="Name"
        name="name"
        required
        maxLength={120}
        defaultValue={form.value('name')}
        error={form.error('name')}
      />
      <Field
        label="Work email"
        name="email"
        type="email"
        required
        maxLength={254}
        defaultValue={form.value('email')}
        error={form.error('email')}
      />
      <RolesField chosen={form.values('roles') ?? []} error={form.error('roles')} />
    </ActForm>
  )
}

function Invited({ invited }: { invited: readonly InvitationRow[] }) {
  return (
    <Table label="Invited" density={40}>
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Email</Th>
          <Th>Roles</Th>
          <Th>Invited by</Th>
          <Th>Link ends</Th>
          <Th>
            <span className="vh">Act</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {invited.map((each) => (
          <tr key={each.id}>
            <th scope="row">{each.name}</th>
            <Td quiet>{each.email}</Td>
            <Td>{each.roles.join(', ') || <span className="t3">none</span>}</Td>
            <Td quiet>{each.invitedBy}</Td>
            <Td quiet>
              <Time at={each.expiresAt} show="relative" />
            </Td>
            <Td>
              <PostButton action={`/api/console/invitations/${each.id}/revocation`}>End the link</PostButton>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
