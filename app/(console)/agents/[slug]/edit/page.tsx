import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { DataFields, PurposeFields } from '@/components/agents/agent-fields'
import { LeaseForm } from '@/components/agents/lease-form'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Button, ButtonLink } from '@/components/ui/button'
import { Field, Select, TextArea } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { Time } from '@/components/ui/time'
import { agentDetail, ownerChoices, teamChoices, today as todayOf } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { readLeases } from '@/lib/runs/read'

export const metadata: Metadata = { title: 'Edit an agent' }

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Record<string, unknown>> }

/** What can be changed about an agent, each part by whoever may: its purpose, its data, its review, its owner. */
export default async function EditAgentPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const agent = await agentDetail(db(), (await params).slug)
  if (agent === null) notFound()
  const subject = { ownerId: agent.ownerId, ownerGone: !agent.ownerActive }
  const acts = ['agent.edit', 'agent.accept_data', 'agent.review', 'agent.hand_over'] as const
  const may = Object.fromEntries(acts.map((act) => [act, can(actor, act, subject).ok])) as Record<
    (typeof acts)[number],
    boolean
  >
  const title = `Edit ${agent.slug}`
  if (agent.state === 'retired')
    return <NotPermitted title={title} reason="It is retired: nothing about it changes any more." />
  if (!Object.values(may).includes(true)) {
    const refused = can(actor, 'agent.edit', subject)
    return <NotPermitted title={title} reason={refused.ok ? '' : refused.reason} />
  }
  const [teams, owners, today, leases, flash] = await Promise.all([
    teamChoices(db()),
    ownerChoices(db()),
    todayOf(db(), new Date()),
    readLeases(db(), agent.id),
    said(searchParams),
  ])
  const base = `/api/console/agents/${agent.slug}`
  const [purpose, data, review, owner] = [base, `${base}/data`, `${base}/review`, `${base}/owner`].map((action) => ({
    action,
    said: saidTo(flash, action),
  })) as [Part, Part, Part, Part]
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.agents()}>Agents</Link> / <Link href={paths.agent(agent.slug)}>{agent.slug}</Link>
          </>
        }
        title={title}
        lead="Its name never changes: boundaries, addresses and the ledger say it."
      />
      <NoticeOf flash={flash} />
      <div className="form-page">
        {may['agent.edit'] && (
          <Section id="purpose" title="What it is">
            <form method="post" action={purpose.action} aria-label="What it is">
              <FormErrors errors={purpose.said.errors} />
              <PurposeFields said={purpose.said} known={agent} teams={teams} />
              <div className="formend">
                <Button type="submit" variant="pri">
                  Save what it is
                </Button>
                <ButtonLink variant="bare" href={paths.agent(agent.slug)}>
                  Back to {agent.slug}
                </ButtonLink>
              </div>
            </form>
          </Section>
        )}
        {may['agent.accept_data'] && (
          <Section id="data" title="Where the data it reads goes">
            <p className="lead-in">
              Whatever this agent reads, its model reads too. Say where that is and what it rests on. Your name stands
              under it, in the ledger as well.
            </p>
            <form method="post" action={data.action} aria-label="Where the data it reads goes">
              <FormErrors errors={data.said.errors} />
              <DataFields said={data.said} known={agent.data} required />
              <div className="formend">
                <Button type="submit" variant="pri">
                  Accept this in my name
                </Button>
              </div>
            </form>
          </Section>
        )}
        {may['agent.review'] && (
          <Section
            id="review"
            title="Review"
            aside={
              <>
                due <Time at={agent.reviewDate} show="day" />
              </>
            }
          >
            <form method="post" action={review.action} aria-label="Review">
              <FormErrors errors={review.said.errors} />
              <TextArea
                label="What you looked at, and what you decided"
                aside="recorded"
                name="note"
                rows={2}
                required
                maxLength={500}
                defaultValue={review.said.value('note')}
                error={review.said.error('note')}
              />
              <Field
                label="Next review"
                name="reviewDate"
                type="date"
                required
                min={today}
                defaultValue={review.said.value('reviewDate')}
                error={review.said.error('reviewDate')}
              />
              <div className="formend">
                <Button type="submit" variant="pri">
                  Record the review
                </Button>
              </div>
            </form>
          </Section>
        )}
        {may['agent.edit'] && (
          <Section id="lease" title="When it goes silent">
            <LeaseForm
              action={`${base}/lease`}
              said={saidTo(flash, `${base}/lease`)}
              seconds={leases.own}
              most={leases.organisation}
            />
          </Section>
        )}
        {may['agent.hand_over'] && (
          <Section id="owner" title="Who answers for it" aside={agent.owner.name}>
            <form method="post" action={owner.action} aria-label="Who answers for it">
              <FormErrors errors={owner.said.errors} />
              <Select
                label="From now on"
                name="ownerId"
                required
                empty="Choose a person"
                choices={owners.filter(([id]) => id !== agent.ownerId)}
                hint="What happened before stays with the owner of then."
                defaultValue={owner.said.value('ownerId') ?? ''}
                error={owner.said.error('ownerId')}
              />
              <div className="formend">
                <Button type="submit">Hand {agent.slug} over</Button>
              </div>
            </form>
          </Section>
        )}
      </div>
    </Main>
  )
}

type Part = { action: string; said: ReturnType<typeof saidTo> }
