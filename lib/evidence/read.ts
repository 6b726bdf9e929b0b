import { alertSentence } from '@/lib/alerts/alert'
import { listAlerts, type AlertRow } from '@/lib/alerts/read'
import { lastDay } from '@/lib/boundary/diff-mode'
import { radiusOf } from '@/lib/boundary/radius'
import { WEIGHTS } from '@/lib/boundary/radius-item'
import type { Baseline } from '@/lib/boundary/boundary'
import { allInForce, baselineInForce, listBoundaries } from '@/lib/boundary/read'
import { registry } from '@/lib/boundary/registry'
import { containedBy, isFinding, type RegistryRow } from '@/lib/boundary/registry-rows'
import { dayIn } from '@/lib/agents/agent'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { Db } from '@/lib/db/client'
import { readInbox } from '@/lib/decisions/read-inbox'
import type { RequestRow } from '@/lib/decisions/request'
import { haltsInForce } from '@/lib/halt/in-force'
import { readDrillStanding } from '@/lib/halt/read-drills'
import type { Actor } from '@/lib/people/actor'
import { readFirstSteps, readOrganisation } from '@/lib/people/read'
import { readOwing } from '@/lib/reviews/read'
import { catalogue } from '@/lib/tools/read'
import type { CatalogueTool } from '@/lib/tools/tool'
import { readTerms } from '@/lib/boundary/read-terms'
import { byUrgency, fillHours, type FirstStep, type Lapsing, type Posture, type Waiting, type Widest } from './posture'
import { decisionHours } from './decision-hours'

const DAY_MS = 86_400_000

/** How things stand and what waits, as one person may see it (C43): counts and names, each from its own room's reads. */
export async function readPosture(db: Db, actor: Actor, now: Date): Promise<Posture> {
  const [
    organisation,
    inbox,
    agents,
    boundaries,
    alerts,
    halts,
    counts,
    steps,
    inForce,
    baseline,
    tools,
    owing,
    drill,
  ] = await Promise.all([
    readOrganisation(db),
    readInbox(db, actor, now),
    registry(db),
    listBoundaries(db, now),
    listAlerts(db, { show: 'open' }),
    haltsInForce(db),
    decisionHours(db, now),
    readFirstSteps(db),
    allInForce(db),
    baselineInForce(db),
    catalogue(db),
    readOwing(db, actor, now),
    readDrillStanding(db),
  ])
  const terms = await readTerms(db, null, tools, now.getTime())
  const today = dayIn(organisation?.timeZone ?? 'UTC', now.getTime())
  const contained = (row: RegistryRow) => containedBy(row, today, now.getTime()).length > 0
  const living = agents.filter((row) => row.state !== 'retired')
  const orphans = living.filter((row) => isFinding(row, 'orphaned', today, now.getTime()))
  const overdue = living.filter((row) => row.state === 'active' && isFinding(row, 'overdue', today, now.getTime()))
  const drafts = boundaries.flatMap(({ slug, draft }) => (draft ? [{ slug, draft }] : []))
  const state = (name: RegistryRow['state']) => agents.filter((row) => row.state === name)
  return {
    organisation: organisation?.name ?? '',
    waiting: [
      ...inbox.rows.map((row) => waitingAction(row)),
      ...drafts.map(({ slug, draft }) => waitingBoundary(slug, draft, actor)),
      ...orphans.map(waitingOwner),
      ...overdue.map(waitingReview),
      ...owing.map(waitingChanges),
      ...alerts.rows.map(waitingAlert),
    ].toSorted(byUrgency),
    halts: halts.length,
    hours: fillHours(counts, now),
    proposing: living.filter((row) => row.last !== null && now.getTime() - row.last.at < DAY_MS).length,
    lapsing: terms.flatMap(({ slug, version, state, owner, terms: [next] }): Lapsing[] => {
      if (next === undefined || version === null || next.stage.name === 'far' || state === 'registered') return []
      const { kind, stage, happens } = next
      const draft = living.find((row) => row.slug === slug)?.draft ?? null
      return [{ slug, version, kind, stage, lapsesAt: new Date(next.endsAt).toISOString(), happens, owner, draft }]
    }),
    widest: widestOf(inForce, baseline?.document ?? null, tools, now),
    agents: {
      active: state('active').filter((row) => !contained(row)).length,
      contained: living.filter(contained).length,
      suspended: state('suspended').length,
      registered: state('registered').length,
      retired: state('retired').length,
      unsigned: living.filter((row) => row.boundary === null).length,
    },
    orphans: orphans.map(({ slug }) => ({ slug })),
    drill,
    firstSteps: stepsOf(steps, living, drafts.length > 0),
  }
}

const MOST_WIDEST = 8

/** Of every boundary in force the worst it lets its agent do alone; the worst of them first. */
function widestOf(
  inForce: Awaited<ReturnType<typeof allInForce>>,
  baseline: Baseline | null,
  tools: readonly CatalogueTool[],
  now: Date,
): Widest[] {
  return inForce
    .filter(({ lapsesAt }) => lapsesAt > now)
    .flatMap(({ slug, document, lapsesAt }): Widest[] => {
      const [worst, ...rest] = radiusOf(document, tools, baseline, {
        now: now.getTime(),
        lapsesAt: lapsesAt.getTime(),
      }).filter(({ weight }) => weight !== 'bound')
      if (worst === undefined) return []
      const until = document.mode?.observe_until ?? 0
      const { weight, says, clause } = worst
      return [
        { slug, weight, says, clause, more: rest.length, observing: until > now.getTime() ? lastDay(until) : null },
      ]
    })
    .toSorted((a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight) || a.slug.localeCompare(b.slug))
    .slice(0, MOST_WIDEST)
}

function stepsOf(
  steps: Awaited<ReturnType<typeof readFirstSteps>>,
  agents: readonly RegistryRow[],
  drafted: boolean,
): FirstStep[] {
  const signed = agents.some((row) => row.boundary !== null)
  return [
    { key: 'people', done: steps.ciso && steps.analysts > 0 },
    { key: 'agent', done: steps.agents > 0 },
    { key: 'boundary', done: drafted || signed },
    { key: 'signature', done: signed },
    { key: 'action', done: agents.some((row) => row.last !== null) },
  ]
}

function waitingAction(row: RequestRow): Waiting {
  return {
    key: row.id,
    kind: 'action',
    href: paths.approval(row.id),
    what: row.sentence,
    aside: row.frozen ? `${row.agent}, frozen by a halt` : row.agent,
    who: row.yours.ok ? 'you, other analysts' : 'an analyst',
    due: row.expiresAt,
    overdue: false,
  }
}

type Draft = NonNullable<Awaited<ReturnType<typeof listBoundaries>>[number]['draft']>

function waitingBoundary(slug: string, draft: Draft, actor: Actor): Waiting {
  const signs = actor.roles.includes('ciso') && draft.draftedBy !== actor.id
  const changes = draft.changes.length
  return {
    key: `boundary ${slug}`,
    kind: 'boundary',
    href: paths.boundary(slug, draft.version),
    what: [{ kind: 'text', text: `${slug}, version ${draft.version}` }],
    aside: `${changes === 1 ? 'one change' : `${changes} changes`}, drafted by ${draft.drafter}`,
    who: signs ? 'you' : 'a ciso',
    due: null,
    overdue: false,
  }
}

function waitingOwner({ slug }: RegistryRow): Waiting {
  return {
    key: `owner ${slug}`,
    kind: 'owner',
    href: paths.agent(slug),
    what: [{ kind: 'text', text: `${slug} has no owner` }],
    aside: 'contained until somebody takes it over',
    who: 'anybody but an auditor',
    due: null,
    overdue: true,
  }
}

function waitingReview({ slug, reviewDate }: RegistryRow): Waiting {
  return {
    key: `review ${slug}`,
    kind: 'review',
    href: paths.agent(slug),
    what: [{ kind: 'text', text: `Review of ${slug}` }],
    aside: 'contained until it is reviewed',
    who: 'a ciso or an analyst',
    due: `${reviewDate}T23:59:59.999Z`,
    overdue: true,
  }
}

function waitingChanges({ agent, count, dueAt, overdue }: Awaited<ReturnType<typeof readOwing>>[number]): Waiting {
  return {
    key: `change ${agent}`,
    kind: 'change',
    href: paths.reviews({ agent }),
    what: [{ kind: 'text', text: `${count === 1 ? 'A change' : `${count} changes`} of code by ${agent}` }],
    aside: 'made by itself, not reviewed yet',
    who: 'an analyst',
    due: dueAt,
    overdue,
  }
}

function waitingAlert(alert: AlertRow): Waiting {
  const times = alert.count === 1 ? 'once' : `${alert.count} times`
  return {
    key: alert.id,
    kind: 'alert',
    href: paths.alert(publicId('alert', alert.id)),
    what: [{ kind: 'text', text: alertSentence(alert.kind, alert.agent?.slug, alert.limit) }],
    aside: `${times}${alert.severity === 'notice' ? '' : `, ${alert.severity}`}`,
    who: alert.agent?.owner ?? 'an analyst',
    due: null,
    overdue: false,
  }
}
