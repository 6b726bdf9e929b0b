import { Pencil } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { AgentTabs } from '@/components/agents/agent-tabs'
import { AgentThen } from '@/components/audit/agent-then'
import { BoundarySection } from '@/components/agents/boundary-section'
import { CredentialsBlock, DataBlock, OwnerBlock } from '@/components/agents/identity'
import { Elevations } from '@/components/agents/elevations'
import { GradeFacts } from '@/components/agents/grade'
import { LimitsTable } from '@/components/agents/limits-table'
import { moveAction, MovePanel, MOVES } from '@/components/agents/move-panel'
import { TermsSection } from '@/components/agents/terms-section'
import { WatchTable } from '@/components/agents/watch-table'
import { RecentTable } from '@/components/agents/recent-table'
import { AgentStateWord, standingSentence, type ContainedBy } from '@/components/agents/state'
import { TodoList, type Todo } from '@/components/agents/todo'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Button, ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Fact, Facts } from '@/components/ui/facts'
import { AGENT_MOVES, canMove, containmentOf, daysBetween, missingData, type AgentMove } from '@/lib/agents/agent'
import { watchingOf } from '@/lib/alerts/read-watch'
import { agentDetail, credentialsOf, suspendedBy, today as todayOf, type AgentDetail } from '@/lib/agents/read'
import { readStanding } from '@/lib/agents/read-grade'
import { readAgentThen } from '@/lib/audit/read-agent-then'
import { baselineInForce, standingOf } from '@/lib/boundary/read'
import { readElevations } from '@/lib/boundary/read-elevations'
import { lapseSetting, readTerms } from '@/lib/boundary/read-terms'
import { asBoundary } from '@/lib/boundary/subject'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { limitsUsed } from '@/lib/decisions/read-limits'
import { countDecisions, recentActions } from '@/lib/decisions/recent'
import { isHalted } from '@/lib/halt/in-force'
import type { Actor } from '@/lib/people/actor'
import { momentOf } from '@/lib/people/person-param'
import { can, type Subject } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Record<string, unknown>> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug }
}

/** One agent: the worst it can do first, then by whose signature, then what it did; beside it who answers for it. */
export default async function AgentPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const agent = await agentDetail(db(), (await params).slug)
  if (agent === null) notFound()
  const now = new Date()
  const view = await load(agent, actor, now)
  const flash = await said(searchParams)
  const { act, at, elevation } = await searchParams
  const moment = momentOf(at, now)
  const then = moment && view.may('audit.read').ok ? await readAgentThen(db(), agent.id, moment) : null
  const move = view.moves.find((each) => each === act)
  const standing = { state: agent.state, halted: view.halted, contained: view.contained }
  const toDo = todo(agent, actor, view)
  return (
    <Main>
      <LiveRefresh topic={['agents', 'boundaries', 'actions', 'halts']} />
      <PageHead
        crumbs={
          <>
            <Link href={paths.agents()}>Agents</Link> / {agent.team}
          </>
        }
        title={agent.slug}
        lead={agent.purpose}
        acts={
          <>
            {view.may('agent.edit').ok && agent.state !== 'retired' && (
              <ButtonLink icon={Pencil} href={paths.editAgent(agent.slug)}>
                Edit
              </ButtonLink>
            )}
            {view.may('agent.review').ok && agent.state !== 'retired' && (
              <ButtonLink href={`${paths.editAgent(agent.slug)}#review`}>Review…</ButtonLink>
            )}
            {view.moves
              .filter((each) => each === 'suspend' || each === 'resume')
              .map((each) => (
                <ButtonLink key={each} href={`${paths.agent(agent.slug)}?act=${each}`}>
                  {MOVES[each].button}…
                </ButtonLink>
              ))}
          </>
        }
      />
      <NoticeOf flash={flash} />
      {move !== undefined && (
        <MovePanel slug={agent.slug} move={move} said={saidTo(flash, moveAction(agent.slug, move))} />
      )}
      <AgentTabs
        slug={agent.slug}
        current="overview"
        boundary={view.boundary.inForce?.version ?? view.boundary.draft?.version ?? null}
        credentials={view.credentials.filter(({ state }) => state === 'live' || state === 'ending').length}
      />
      <Columns
        label="Identity"
        aside={
          <>
            <OwnerBlock
              agent={agent}
              reviewIn={daysBetween(view.today, agent.reviewDate)}
              takeOver={<TakeOver agent={agent} may={view.may('agent.take_over').ok} />}
            />
            <Block title="State">
              <p className="state-line">
                <AgentStateWord {...standing} />
              </p>
              {standingSentence(standing, agent.stateReason, view.onLapse) !== null && (
                <p className="t2 any">{standingSentence(standing, agent.stateReason, view.onLapse)}</p>
              )}
              <div className="facts-gap">
                <Facts width="narrow">
                  <Fact term="Works in">{agent.environment}</Fact>
                  {view.lastDay && (
                    <Fact term="24 hours">
                      {view.lastDay.allow} allow, {view.lastDay.hold} hold, {view.lastDay.forbid} forbid
                    </Fact>
                  )}
                </Facts>
              </div>
              {view.moves.includes('retire') && (
                <p className="s12 facts-gap">
                  <Link href={`${paths.agent(agent.slug)}?act=retire`}>Retire it for good…</Link>
                </p>
              )}
            </Block>
            <Block title="If it is halted">
              <GradeFacts standing={view.grade} />
              {view.may('halt.engage').ok && agent.state === 'active' && !view.halted && (
                <p className="facts-gap">
                  <ButtonLink size="sm" variant="halt-quiet" href={paths.halt('agent', agent.slug)}>
                    Halt {agent.slug}…
                  </ButtonLink>
                </p>
              )}
            </Block>
            <CredentialsBlock slug={agent.slug} credentials={view.credentials} />
            <DataBlock
              agent={agent}
              change={
                view.may('agent.accept_data').ok &&
                agent.state !== 'retired' && <Link href={`${paths.editAgent(agent.slug)}#data`}>Say and accept it</Link>
              }
            />
          </>
        }
      >
        {then && <AgentThen slug={agent.slug} then={then} />}
        {toDo.some(({ done }) => !done) && agent.state === 'registered' && (
          <Section id="todo" title="Before it may do anything">
            <TodoList items={toDo} />
          </Section>
        )}
        <BoundarySection
          slug={agent.slug}
          standing={view.boundary}
          baseline={view.baseline}
          now={now}
          draftable={view.may('boundary.draft').ok}
          grade={view.grade.grade}
        />
        {view.terms && (
          <TermsSection
            of={view.terms}
            renewable={view.may('boundary.draft').ok && view.boundary.draft === null}
            reviewable={view.may('agent.review').ok}
          />
        )}
        <Elevations
          slug={agent.slug}
          ceiling={(view.boundary.inForce && asBoundary(view.boundary.inForce.document))?.elevation}
          elevations={view.elevations}
          may={{ ask: agent.state === 'active' && view.may('elevation.ask').ok, end: view.may('elevation.end').ok }}
          asking={act === 'elevate' || flash?.form === `/api/console/agents/${agent.slug}/elevations`}
          chosen={typeof elevation === 'string' ? elevation : undefined}
          flash={flash}
        />
        {view.limits.length > 0 && (
          <Section id="limits" title="Limits" aside="what it does alone; beyond them it asks a person">
            <LimitsTable limits={view.limits} />
          </Section>
        )}
        {view.boundary.inForce !== null && (
          <Section id="watch" title="What stops it by itself" aside="beside what people stop">
            {view.watching.length > 0 ? (
              <WatchTable rows={view.watching} />
            ) : (
              <p className="t2">Nothing: its boundary has no watch rules, so only people halt it.</p>
            )}
          </Section>
        )}
        <Section
          id="recent"
          title="Recent actions"
          right={
            view.recent &&
            view.recent.length > 0 && (
              <Link href={paths.audit({ q: `agent:${agent.slug}`, last: '30d' })}>Open in audit</Link>
            )
          }
        >
          {view.recent === null ? (
            <Empty kind="not-permitted" title="What it did is not for you to read.">
              {view.may('audit.read').reason}
            </Empty>
          ) : view.recent.length > 0 ? (
            <RecentTable rows={view.recent} />
          ) : (
            <Empty kind="done" title="It has not asked for anything yet.">
              Every action it proposes shows here with its answer.
            </Empty>
          )}
        </Section>
      </Columns>
    </Main>
  )
}

type View = Awaited<ReturnType<typeof load>>

async function load(agent: AgentDetail, actor: Actor, now: Date) {
  const subject: Subject = {
    ownerId: agent.ownerId,
    ownerGone: !agent.ownerActive,
    suspendedBy: agent.state === 'suspended' ? await suspendedBy(db(), agent.id) : null,
  }
  const may = (act: Parameters<typeof can>[1]): { ok: boolean; reason?: string } => can(actor, act, subject)
  const reads = may('audit.read').ok
  const [boundary, baseline, credentials, today, halted, recent, counts, elevations, lapse, grade] = await Promise.all([
    standingOf(db(), agent),
    baselineInForce(db()),
    credentialsOf(db(), agent.id, now),
    todayOf(db(), now),
    isHalted(db(), { agentId: agent.id, teamId: agent.teamId, environment: agent.environment }),
    reads ? recentActions(db(), agent.id, 8) : null,
    reads ? countDecisions(db(), agent.id, new Date(now.getTime() - 86_400_000)) : null,
    readElevations(db(), agent.id, actor, now),
    lapseSetting(db()),
    readStanding(db(), agent.id, now),
  ])
  const floor = baseline?.document ?? null
  const inForce = boundary.inForce && asBoundary(boundary.inForce.document)
  const [limits, [terms], watching] = await Promise.all([
    limitsUsed(db(), agent.id, { boundary: inForce, baseline: floor }),
    agent.state === 'retired' ? [] : readTerms(db(), agent.id, boundary.catalogue, now.getTime()),
    watchingOf(db(), agent.id, inForce, now),
  ])
  const lapsed = boundary.inForce?.lapsesAt != null && boundary.inForce.lapsesAt <= now
  const contained: ContainedBy[] =
    agent.state === 'active' ? [...containmentOf(agent, today), ...(lapsed ? (['boundary_expired'] as const) : [])] : []
  const moves = (Object.keys(AGENT_MOVES) as AgentMove[]).filter(
    (move) => canMove(agent.state, move) && may(`agent.${move}`).ok,
  )
  return {
    may,
    boundary,
    baseline: floor,
    elevations,
    limits,
    watching,
    terms,
    onLapse: lapse.onLapse,
    credentials,
    today,
    halted,
    recent,
    lastDay: counts,
    contained,
    moves,
    grade,
  }
}

function TakeOver({ agent, may }: { agent: AgentDetail; may: boolean }) {
  if (!may) return <>Until somebody takes it over, only reads in its scope are answered.</>
  return (
    <form method="post" action={`/api/console/agents/${agent.slug}/take-over`}>
      <Button type="submit" size="sm">
        Take it over in my name
      </Button>
    </form>
  )
}

function todo(agent: AgentDetail, actor: Actor, view: View): Todo[] {
  const open = missingData(agent.data)
  const mine = agent.ownerId === actor.id
  const { inForce, draft } = view.boundary
  return [
    { key: 'registered', done: true, words: <>Registered, and {agent.owner.name} answers for it</> },
    {
      key: 'data',
      done: open.length === 0,
      words: 'Somebody says where the data it reads goes, and accepts it',
      act: view.may('agent.accept_data').ok && (
        <ButtonLink size="sm" href={`${paths.editAgent(agent.slug)}#data`}>
          Say and accept
        </ButtonLink>
      ),
    },
    {
      key: 'boundary',
      done: inForce !== null,
      words:
        draft !== null && inForce === null
          ? `A ciso signs version ${String(draft.version)}, drafted by ${draft.drafter}`
          : 'Its owner drafts a boundary, and a ciso signs it',
      act:
        draft !== null ? (
          <ButtonLink size="sm" href={paths.boundary(agent.slug, draft.version)}>
            Read version {draft.version}
          </ButtonLink>
        ) : (
          mine && (
            <ButtonLink size="sm" href={paths.draftBoundary(agent.slug)}>
              Draft it
            </ButtonLink>
          )
        ),
    },
    {
      key: 'credential',
      done: view.credentials.some(({ state }) => state === 'live' || state === 'ending'),
      words: 'Its owner makes a credential',
      act: mine && (
        <ButtonLink size="sm" href={paths.agentCredentials(agent.slug)}>
          Make one
        </ButtonLink>
      ),
    },
    {
      key: 'active',
      done: agent.state === 'active',
      words: 'Its owner activates it',
      act: view.moves.includes('activate') && open.length === 0 && (
        <form method="post" action={moveAction(agent.slug, 'activate')}>
          <Button type="submit" size="sm">
            Activate {agent.slug}
          </Button>
        </form>
      ),
    },
  ]
}
