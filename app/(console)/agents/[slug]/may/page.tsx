import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { AgentTabs } from '@/components/agents/agent-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { MayAnswers } from '@/components/trials/may-answers'
import { MayForm } from '@/components/trials/may-form'
import { STOPPED_WORDS } from '@/components/trials/may-words'
import { WhatTable } from '@/components/trials/what-table'
import { Empty } from '@/components/ui/empty'
import { StateWord } from '@/components/ui/state-word'
import { Time } from '@/components/ui/time'
import { agentDetail, credentialsOf } from '@/lib/agents/read'
import { standingOf } from '@/lib/boundary/read'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { signedIn } from '@/lib/people/session-read'
import { mayValues, readMay, type MayValues } from '@/lib/trials/may-contract'
import { MOST_TOOLS, whatMay, type WhatMay } from '@/lib/trials/what-may'

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Record<string, unknown>> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `What ${(await params).slug} may do` }
}

/** "What may this agent do?", to anything or to one thing. The question is the address; asking it records nothing. */
export default async function WhatMayPage({ params, searchParams }: Props) {
  await signedIn()
  const agent = await agentDetail(db(), (await params).slug)
  if (agent === null) notFound()
  const values = { ...mayValues(await searchParams), tool: '' }
  const read = readMay(values, 'tools')
  const now = new Date()
  const [boundary, credentials, found] = await Promise.all([
    standingOf(db(), agent),
    credentialsOf(db(), agent.id, now),
    read.ok ? whatMay(db(), pool('app'), agent.id, values.type, read.call, read.view, now) : null,
  ])
  const at = (over: Partial<MayValues>) => paths.whatMay(agent.slug, { ...values, ...over })
  const stopped = found?.rows.find((row) => row.stopped !== null)?.stopped ?? null
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.agents()}>Agents</Link> / <Link href={paths.agent(agent.slug)}>{agent.slug}</Link>
          </>
        }
        title={found === null ? `What may ${agent.slug} do?` : headline(agent.slug, agent.state, found)}
        lead="What the gate would answer if it asked now. It is a question, no decision: nothing is recorded, and what is left of limits is not looked at."
      />
      <AgentTabs
        slug={agent.slug}
        current="may"
        boundary={boundary.inForce?.version ?? boundary.draft?.version ?? null}
        credentials={credentials.filter(({ state }) => state === 'live' || state === 'ending').length}
      />
      {agent.state === 'retired' ? (
        <Empty kind="done" title="It is retired, and may do nothing any more.">
          What it did stands in the record.
        </Empty>
      ) : (
        <>
          <MayForm values={values} errors={read.ok ? [] : read.errors} />
          {found !== null && (
            <Section
              id="answers"
              title="Tools"
              aside={
                <>
                  as of <Time at={found.at} show="clock" />
                  {found.boundary !== null && ', by '}
                  {found.boundary !== null && (
                    <Link href={paths.boundary(agent.slug, found.boundary.version)}>
                      its boundary, v{found.boundary.version}
                    </Link>
                  )}
                  {found.baseline !== null && ', and the '}
                  {found.baseline !== null && (
                    <Link href={paths.boundary(BASELINE_SLUG, found.baseline)}>baseline, v{found.baseline}</Link>
                  )}
                </>
              }
            >
              {stopped !== null && (
                <p className="t2">
                  <StateWord {...STOPPED_WORDS[stopped]} /> Nothing it asks is allowed now. The rows say what its rules
                  would answer otherwise.
                </p>
              )}
              <Answers slug={agent.slug} values={values} found={found} at={at} />
            </Section>
          )}
        </>
      )}
    </Main>
  )
}

function Answers({
  slug,
  values,
  found: { counts, rows, next, more },
  at,
}: {
  slug: string
  values: MayValues
  found: WhatMay
  at: (over: Partial<MayValues>) => string
}) {
  if (counts.alone + counts.held + counts.never === 0)
    return values.type === '' && values.q === '' ? (
      <Empty
        kind="never"
        title="The catalogue has no tools yet."
        start={{ href: paths.tools(), words: 'Add your tools' }}
      >
        What its boundary names by server and tool would show here too.
      </Empty>
    ) : (
      <Empty
        kind="filtered"
        title="No tool is like that."
        clear={{ href: at({ type: '', id: '', of: '', q: '', after: '' }), words: 'Ask about every tool' }}
      >
        An order is done something to by the tools of the server “order”: order.refund.
      </Empty>
    )
  return (
    <>
      {more && (
        <p className="t2">
          Only the first {MOST_TOOLS.toLocaleString('en')} tools are asked about. Say a kind of thing to ask about its
          own.
        </p>
      )}
      <MayAnswers values={values} counts={counts} next={next} at={at}>
        {rows.length > 0 ? <WhatTable slug={slug} rows={rows} values={values} /> : null}
      </MayAnswers>
    </>
  )
}

function headline(slug: string, state: string, { counts: { alone, held, never } }: WhatMay): string {
  if (state === 'retired') return `${slug} is retired.`
  const of = (n: number) => (n === 0 ? 'none' : n === 1 ? 'one' : n.toLocaleString('en'))
  const first = alone === 0 ? 'no tool' : alone === 1 ? 'one tool' : `${alone.toLocaleString('en')} tools`
  return `${slug} may use ${first} alone, ${of(held)} would ask a person, ${of(never)} it may not.`
}
