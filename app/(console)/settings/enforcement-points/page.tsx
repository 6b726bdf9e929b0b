import type { Metadata } from 'next'
import Link from 'next/link'
import { ActForm } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { Button, ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { StateWord } from '@/components/ui/state-word'
import { Time } from '@/components/ui/time'
import { enforcementPoints, ownedSlugs, type ListedPoint } from '@/lib/agents/read-points'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { Flash } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Enforcement points' }
const API = '/api/console/enforcement-points'
const DAYS = [
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
] as const

/** Gateways and services that ask over AuthZEN what agents may do. `?let=` and `?revoke=` open a form. */
export default async function EnforcementPointsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, unknown>>
}) {
  const actor = await signedIn()
  const [points, owned, flash, query] = await Promise.all([
    enforcementPoints(db(), new Date()),
    ownedSlugs(db(), actor.id),
    said(searchParams),
    searchParams,
  ])
  const living = points.filter(({ state }) => state === 'live').length
  const make = can(actor, 'enforcement_point.create')
  return (
    <Main>
      <PageHead
        title={
          living === 0
            ? 'No enforcement point asks here.'
            : `${living === 1 ? 'One enforcement point asks' : `${living} enforcement points ask`} what agents may do.`
        }
        lead="A gateway or a service asks over OpenID AuthZEN before it lets an agent through. It asks only for agents whose owners let it, and every answer is recorded."
      />
      <SettingsTabs current={paths.enforcementPoints()} />
      <NoticeOf flash={flash} />
      <Act query={query} points={points} owned={owned} actor={actor} flash={flash} />
      {points.length === 0 ? (
        <Empty kind="never" title="None was ever made.">
          Make one below, give its token to your gateway, and let it ask for an agent you own. Its address is{' '}
          <code>/access/v1/evaluation</code>; <code>/.well-known/authzen-configuration</code> names the others.
        </Empty>
      ) : (
        <PointTable points={points} actor={actor} owns={owned.length > 0} />
      )}
      {make.ok && (
        <Section id="make" title="Make an enforcement point">
          <MakeForm flash={flash} />
        </Section>
      )}
    </Main>
  )
}

function Act({
  query,
  points,
  owned,
  actor,
  flash,
}: {
  query: Record<string, unknown>
  points: readonly ListedPoint[]
  owned: readonly string[]
  actor: Actor
  flash: Flash | undefined
}) {
  const revoking = points.find(({ id }) => id === query.revoke)
  if (revoking?.state === 'live' && can(actor, 'enforcement_point.revoke', { personId: revoking.makerId }).ok) {
    const action = `${API}/${revoking.id}/revocation`
    return (
      <ActForm
        id="revoke"
        title={`Revoke ${revoking.name}?`}
        action={action}
        said={saidTo(flash, action)}
        submit={`Revoke ${revoking.name}`}
        variant="neg"
        cancel={paths.enforcementPoints()}
        consequence={`Its next call fails${revoking.agents.length === 0 ? '' : `, and unused grants of ${revoking.agents.join(', ')} are dead`}. This cannot be taken back.`}
      />
    )
  }
  const letting = points.find(({ id }) => id === query.let)
  if (letting?.state !== 'live') return null
  const action = `${API}/${letting.id}/agents`
  const left = owned.filter((slug) => !letting.agents.includes(slug))
  const form = saidTo(flash, action)
  if (left.length === 0)
    return (
      <Empty kind="done" title={`${letting.name} may ask for every agent you own.`}>
        The owner of another agent lets it ask for that one.
      </Empty>
    )
  return (
    <ActForm
      id="let"
      title={`Let ${letting.name} ask for an agent?`}
      action={action}
      said={form}
      submit="Let it ask"
      cancel={paths.enforcementPoints()}
      consequence="It then asks in the agent’s name: what it is allowed counts against the agent’s limits, and stands in the record as the agent’s."
    >
      <Select
        label="Which agent of yours?"
        name="agent"
        choices={left.map((slug) => [slug, slug] as const)}
        defaultValue={form.value('agent') ?? left[0]}
        error={form.error('agent')}
      />
    </ActForm>
  )
}

function PointTable({ points, actor, owns }: { points: readonly ListedPoint[]; actor: Actor; owns: boolean }) {
  return (
    <Table label="Enforcement points" density={40}>
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>State</Th>
          <Th>Asks for</Th>
          <Th>Last asked</Th>
          <Th>Ends</Th>
          <Th>Made</Th>
          <Th>
            <span className="vh">Act</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {points.map((point) => (
          <tr key={point.id}>
            <th scope="row">
              {point.name} <span className="mono t3">…{point.hint}</span>
            </th>
            <Td>
              {point.state === 'live' ? (
                <StateWord state="in_use" word="Usable" />
              ) : (
                <StateWord state={point.state === 'revoked' ? 'revoked' : 'expired'} />
              )}
            </Td>
            <Td>
              {point.agents.length === 0 ? (
                <span className="t3">no agent yet</span>
              ) : (
                point.agents.map((slug, i) => (
                  <span key={slug}>
                    {i > 0 && ', '}
                    <Link href={paths.agentCredentials(slug)}>{slug}</Link>
                  </span>
                ))
              )}
            </Td>
            <Td quiet>{point.lastUsedAt === null ? 'never' : <Time at={point.lastUsedAt} show="relative" />}</Td>
            <Td quiet>
              <Time at={point.expiresAt} show="day" />
            </Td>
            <Td quiet>
              <Time at={point.madeAt} show="day" /> by {point.madeBy}
            </Td>
            <Td>
              {point.state === 'live' && (
                <div className="cred-acts">
                  {owns && (
                    <ButtonLink size="sm" href={paths.enforcementPoints({ let: point.id })}>
                      Let it ask…
                    </ButtonLink>
                  )}
                  {can(actor, 'enforcement_point.revoke', { personId: point.makerId }).ok && (
                    <ButtonLink size="sm" href={paths.enforcementPoints({ revoke: point.id })}>
                      Revoke…
                    </ButtonLink>
                  )}
                </div>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function MakeForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, API)
  return (
    <form method="post" action={API} className="narrow-form">
      <FormErrors errors={form.errors} />
      <Field
        label="What asks?"
        name="name"
        required
        maxLength={80}
        hint="Its name stands in the record and beside each agent it asks for: “Edge gateway”."
        defaultValue={form.value('name')}
        error={form.error('name')}
      />
      <Select
        label="How long"
        name="days"
        choices={DAYS}
        defaultValue={form.value('days') ?? '90'}
        error={form.error('days')}
      />
      <Button type="submit" variant="pri">
        Make it
      </Button>
    </form>
  )
}
