import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { RunHead } from '@/components/audit/run-head'
import { RunOpen } from '@/components/audit/run-open'
import { RunSteps } from '@/components/audit/run-steps'
import { RunStop, RunStopped } from '@/components/audit/run-stop'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { NotLive } from '@/components/shell/live'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Columns, Main, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { Hops } from '@/components/ui/timeline'
import { Time } from '@/components/ui/time'
import { readRun, type RunView } from '@/lib/audit/read-run'
import { isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Run' }

type Given = Record<string, string | string[] | undefined>
type Props = { params: Promise<{ id: string }>; searchParams: Promise<Given> }

/** One run: everything that led here, in order; what of it still waits; and the one act that rejects all and halts it (C13). */
export default async function RunPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const { id } = await params
  const [given, flash] = await Promise.all([searchParams, said(searchParams)])
  const view = await find(actor, id, given)
  const action = `/api/console/runs/${view.run}/stop`
  const halted = view.halts.some((halt) => halt.scope === 'run')
  const waits = view.open.counts.held > 0
  return (
    <Main>
      <LiveRefresh topic={['actions', 'approvals', 'halts', 'agents']} />
      <NotLive consequence="More may have happened in this run since." />
      <RunHead view={view} />
      <NoticeOf flash={flash} />
      <Columns label="What waits, and who stands behind it" aside={<Aside view={view} />}>
        {view.stopped && <RunStopped stopped={view.stopped} open={view.open} />}
        <Section id="steps" title="What led here" aside="oldest first">
          {view.earlier !== null && (
            <p>
              <ButtonLink size="sm" href={paths.run(view.run, { before: view.earlier })}>
                Earlier
              </ButtonLink>
            </p>
          )}
          <RunSteps steps={view.steps} begins={view.earlier !== null && view.steps[0]?.tainted === true} />
          {view.later !== null && (
            <p>
              <ButtonLink size="sm" href={paths.run(view.run, { after: view.later })}>
                Later
              </ButtonLink>{' '}
              <ButtonLink size="sm" href={paths.run(view.run)}>
                Now
              </ButtonLink>
            </p>
          )}
        </Section>
        <Section id="pending" title="Still pending" aside={`${view.open.counts.held} for a person`}>
          <RunOpen open={view.open} frozen={view.halts.length > 0} />
        </Section>
        {(view.over === null || waits) && (!halted || waits) && (
          <RunStop view={view} may={can(actor, 'halt.engage')} said={saidTo(flash, action)} />
        )}
      </Columns>
    </Main>
  )
}

function Aside({ view }: { view: RunView }) {
  const { then, now, at } = view.owner
  const owner = then ?? now
  return (
    <>
      <Hops
        title={
          <>
            Two hops to the human, as of <Time at={at} show="moment" />
          </>
        }
        hops={[
          { key: 'run', words: 'this run' },
          {
            key: 'agent',
            words: view.agent.slug,
            href: `${paths.agent(view.agent.slug)}?at=${encodeURIComponent(at)}`,
          },
          { key: 'owner', words: owner.name, href: paths.person(publicId('person', owner.id), at) },
        ]}
      >
        {owner.id !== now.id && (
          <>
            Today <Link href={paths.person(publicId('person', now.id))}>{now.name}</Link> answers for it.
          </>
        )}
      </Hops>
      {view.halts.map((halt) => (
        <p key={halt.id} className="s12">
          <Link href={paths.haltOf(halt.id)}>
            {halt.scope === 'run' ? 'The halt of this run' : `A halt of ${halt.agent ?? 'the organisation'}`}
          </Link>{' '}
          covers it, since <Time at={halt.engagedAt.toISOString()} />.
        </p>
      ))}
      <p>
        <ButtonLink size="sm" href={paths.audit({ q: `run:${view.run}` })}>
          Every entry of this run
        </ButtonLink>
      </p>
    </>
  )
}

async function find(actor: Actor, id: string, given: Given): Promise<RunView> {
  const one = (name: string) => {
    const value = given[name]
    return typeof value === 'string' ? { [name]: value } : {}
  }
  try {
    return await readRun(db(), actor, id, { ...one('before'), ...one('after'), ...one('stopped') }, new Date())
  } catch (error) {
    if (isFault(error) && (error.code === 'not_found' || error.code === 'invalid_id')) notFound()
    throw error
  }
}
