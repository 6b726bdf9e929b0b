import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { HaltAgents } from '@/components/halt/halt-agents'
import { HaltAside } from '@/components/halt/halt-aside'
import { HaltCause } from '@/components/halt/halt-cause'
import { HaltHead, scopeWords } from '@/components/halt/halt-head'
import { placeOf } from '@/components/halt/place'
import { RefusedWords } from '@/components/halt/refused-words'
import { LiftPanel } from '@/components/halt/lift-panel'
import { LiftStages } from '@/components/halt/lift-stages'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { NotLive } from '@/components/shell/live'
import { Columns, Main, PageHead, Section } from '@/components/shell/page'
import { FormErrors } from '@/components/ui/form-errors'
import { HostileText } from '@/components/ui/hostile-text'
import { Time } from '@/components/ui/time'
import { firingOf } from '@/lib/alerts/read-watch'
import { readStandings } from '@/lib/agents/read-grade'
import { answererOf } from '@/lib/approvals/read'
import { mayTakeSeat, seatRule } from '@/lib/approvals/seat'
import { isFault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { ButtonLink } from '@/components/ui/button'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { haltable, readHalt, type HaltView } from '@/lib/halt/read'
import { readHaltInForce, type HaltInForce } from '@/lib/halt/read-in-force'
import { stagesOf, type StageView } from '@/lib/halt/read-stages'
import { refusedWords } from '@/lib/halt/read-stops'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { readOnCall } from '@/lib/people/read-on-call'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Halt' }

/** One halt: how far it has got, agent by agent, and the two lines on which it is lifted. */
export default async function HaltOfPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const now = new Date()
  const halt = await find((await params).id)
  const from = placeOf((await searchParams).after)
  const [standing, onCall, flash, firing, stages, names] = await Promise.all([
    readHaltInForce(db(), halt.haltId, answererOf(actor), now, from),
    readOnCall(db(), now),
    said(searchParams),
    halt.engagedBy === null ? firingOf(db(), halt.haltId) : null,
    stagesOf(db(), halt.haltId),
    haltable(db()),
  ])
  const refused = await refusedWords(db(), halt.haltId)
  return (
    <Main>
      <LiveRefresh topic={['halts', 'agents', 'people']} />
      <NotLive consequence="Confirmations may have come in since." />
      <PageHead
        crumbs={<Link href={paths.halt()}>Halt</Link>}
        title={standing ? `${scopeWords(halt)} is halted.` : `${scopeWords(halt)}: the halt was lifted.`}
        // past every agent it stops, which may be hundreds of stops for the keys
        acts={standing && <ButtonLink href="#lift">To lift it</ButtonLink>}
      />
      <NoticeOf flash={flash} />
      {flash && <FormErrors errors={saidTo(flash, flash.form).errors} />}
      <Columns label="Who and how" aside={<HaltAside onCall={onCall} />}>
        <div className="inf">
          <HaltHead halt={halt} now={now} />
          {firing && <HaltCause firing={firing} />}
          <RefusedWords words={refused} />
          {standing ? (
            <Standing halt={standing} actor={actor} now={now} teams={names.team.names} />
          ) : (
            <Lifted halt={halt} stages={stages} />
          )}
        </div>
      </Columns>
    </Main>
  )
}

async function Standing({
  halt,
  actor,
  now,
  teams,
}: {
  halt: HaltInForce
  actor: Actor
  now: Date
  teams: readonly string[] | null
}) {
  const standings = await readStandings(
    db(),
    halt.agents.map(({ agentId }) => agentId),
    now,
  )
  const rule = seatRule('halt_lift', { notAloneId: halt.engagedBy?.id ?? null })
  return (
    <>
      <HaltAgents
        readAt={now.getTime()}
        run={halt.run !== null}
        halt={halt.id}
        from={halt.from}
        beyond={halt.beyond}
        agents={halt.agents.map(({ agentId, slug, owner, requestedAt, acknowledgedAt, runs, unlisted }) => ({
          slug,
          grade: standings.get(agentId)?.grade ?? null,
          owner: { id: publicId('person', owner.id), name: owner.name },
          requestedAt: requestedAt.getTime(),
          acknowledgedAt: acknowledgedAt?.getTime() ?? null,
          runs: runs.map(({ state: _, ...run }) => run),
          unlisted,
        }))}
      />
      <LiftPanel
        halt={halt}
        me={{ id: actor.id, name: actor.name }}
        mayAsk={mayTakeSeat(rule, 2, [], answererOf(actor), 'approve')}
        mayStop={can(actor, 'halt.engage')}
        teams={teams}
        now={now}
      />
    </>
  )
}

function Lifted({ halt, stages }: { halt: HaltView; stages: readonly StageView[] }) {
  return (
    <Section id="lifted" title="Lifted">
      <p>
        {halt.liftedAt && (
          <>
            <Time at={halt.liftedAt} show="full" />, by two people.{' '}
          </>
        )}
        {halt.liftReason && (
          <>
            “<HostileText text={halt.liftReason} max={2_000} />”
          </>
        )}
      </p>
      {stages.length > 0 && <LiftStages stages={stages} />}
      <p className="t2">Nothing resumed by itself: agents proposed anew, and frozen approvals waited as they were.</p>
    </Section>
  )
}

async function find(id: string): Promise<HaltView> {
  try {
    return (await readHalt(db(), parsePublicId('halt', id))) ?? notFound()
  } catch (error) {
    if (isFault(error)) notFound()
    throw error
  }
}
