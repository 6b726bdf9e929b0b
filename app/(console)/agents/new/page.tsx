import type { Metadata } from 'next'
import Link from 'next/link'
import { DataFields, PurposeFields } from '@/components/agents/agent-fields'
import { NotPermitted } from '@/components/people/not-permitted'
import { saidTo } from '@/components/people/said'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Button, ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, Option } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { Seat } from '@/components/ui/seat'
import { LONGEST_REVIEW_DAYS } from '@/lib/agents/agent'
import { teamChoices, today as todayOf } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Register an agent' }

const ACTION = '/api/console/agents'
const DAY = 86_400_000

/** Registering an agent: nothing of what makes it answerable may be missing (C02). */
export default async function NewAgentPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const may = can(actor, 'agent.register', { ownerId: actor.id })
  if (!may.ok) return <NotPermitted title="Register an agent" reason={may.reason} />
  const now = new Date()
  const [teams, today, flash] = await Promise.all([teamChoices(db()), todayOf(db(), now), said(searchParams)])
  const form = saidTo(flash, ACTION)
  const inDays = (days: number) => new Date(Date.parse(today) + days * DAY).toISOString().slice(0, 10)
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.agents()}>Agents</Link>}
        title="Register an agent"
        lead="Then draft its boundary, have a ciso sign it, make a credential, and activate it. Until then it may do nothing."
      />
      {teams.length === 0 ? (
        <Empty kind="never" title="There is no team yet." learn={{ href: paths.people(), words: 'People and teams' }}>
          An agent belongs to a team. An administrator makes teams.
        </Empty>
      ) : (
        <form className="form-page" method="post" action={ACTION} aria-label="Register an agent">
          <FormErrors errors={form.errors} />
          <Section id="who" title="Who it is">
            <Field
              label="Name"
              name="slug"
              required
              maxLength={63}
              autoComplete="off"
              spellCheck={false}
              pattern="[a-z][a-z0-9\-]{1,62}"
              hint="Small letters, digits and hyphens: soc-triage. It stands in every entry of the ledger, so it never changes."
              defaultValue={form.value('slug')}
              error={form.error('slug')}
            />
            <PurposeFields said={form} known={{ teamId: actor.teamId ?? undefined }} teams={teams} />
          </Section>
          <Section id="answers" title="Who answers for it, and until when">
            <div className="seat-gap">
              <Seat
                seat="taken"
                hand="owns"
                who={actor.name}
                under="You register it, so you answer for it. You can hand it over later."
              />
            </div>
            <Field
              label="Review"
              name="reviewDate"
              type="date"
              required
              min={today}
              max={inDays(LONGEST_REVIEW_DAYS)}
              hint="On this day somebody looks at it again. Once it has passed, only reads in its scope are answered."
              defaultValue={form.value('reviewDate') ?? inDays(90)}
              error={form.error('reviewDate')}
            />
          </Section>
          <Section
            id="data"
            title="Where the data it reads goes"
            aside="needed before it is activated, may follow later"
          >
            <DataFields said={form} known={{}} />
            <Option type="checkbox" name="acceptData" value="yes" defaultChecked={form.value('acceptData') === 'yes'}>
              I accept this in my name
            </Option>
          </Section>
          <div className="formend">
            <Button type="submit" variant="pri">
              Register the agent
            </Button>
            <ButtonLink variant="bare" href={paths.agents()}>
              Back to the agents
            </ButtonLink>
          </div>
        </form>
      )}
    </Main>
  )
}
