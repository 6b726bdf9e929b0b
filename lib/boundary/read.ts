import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { agentNamed } from '@/lib/agents/read'
import { catalogue } from '@/lib/tools/read'
import type { CatalogueTool } from '@/lib/tools/tool'
import { lapsesAt } from './boundary'
import type { Change } from './change'
import { diffBaselines, diffBoundaries } from './diff'
import type { Boundary } from './boundary'
import { overruled, type Overruled } from './overruled'
import { compareRadius, type RadiusChange, radiusOf } from './radius'
import { type Answerable, readAnswerable } from './read-accountable'
import { reachOf, type Reach } from './reach'
import { overrideOf, type Override } from './override'
import { allVersions, findVersion, lastWidening, newestSigned, openDraft, signedBefore, type VersionRow } from './store'
import { asBoundary, BASELINE_SLUG, type Governed } from './subject'
import { onlyTightens, widenedCategories, type Widened } from './widening'

export type { VersionRow, VersionStatus } from './store'

/** What a URL's slug names: an agent, or the baseline (null). @throws Fault `not_found` */
export async function governedBy(db: Db, slug: string): Promise<Governed | null> {
  return slug === BASELINE_SLUG ? null : agentNamed(db, slug)
}

/** One version for whoever acts on it. @throws Fault `not_found` */
export async function versionOf(db: Db, of: Governed | null, version: number): Promise<VersionRow> {
  const found = await findVersion(db, of?.id ?? null, version)
  if (found === null) throw fault('not_found', { detail: `There is no version ${String(version)}.` })
  return found
}

/** A version beside the one it replaces, or replaced. */
export type Comparison = {
  version: VersionRow
  /** for a draft the version in force; for a signed one, the signed version before it */
  before: VersionRow | null
  changes: Change[]
  /** null for the baseline, which reaches nothing */
  reach: { before: Reach | null; after: Reach } | null
  /** the blast radius line by line, against the one before; null for the baseline */
  radius: RadiusChange[] | null
  /** who answers for which kind of action; empty for the baseline */
  answerable: Answerable[]
  /** the categories it widens, each with its changes */
  widened: Widened[]
  /** it only narrows what is in force, so one person puts it in force */
  tightens: boolean
  /** when the last widening was, and for how many days one is watched; null before the first */
  watching: { since: Date; until: Date } | null
  override: Override | null
  /** clauses the baseline in force makes stricter; of a draft of the baseline: those it would, by agent */
  overruled: (Overruled & { agent: string | null })[]
  /** when it lapses, or would, signed now */
  lapsesAt: Date
  history: {
    version: number
    status: string
    signer: string | null
    signedWith: string | null
    tightened: boolean
    signedAt: Date | null
    digest: string
  }[]
}

const DAY = 86_400_000

/** A version, what it changes by meaning, and who signed before it. */
export async function compare(db: Db, of: Governed | null, version: VersionRow, now: Date): Promise<Comparison> {
  const agentId = of?.id ?? null
  const [before, tools, versions, baseline, governed, widening, override] = await Promise.all([
    version.status === 'signed' ? signedBefore(db, agentId, version.version) : newestSigned(db, agentId),
    catalogue(db),
    allVersions(db, agentId),
    baselineInForce(db),
    of === null ? allInForce(db) : [],
    lastWidening(db, agentId),
    overrideOf(db, version),
  ])
  const floor = baseline === null ? null : baseline.document
  const after = asBoundary(version.document)
  const lapses = version.lapsesAt ?? new Date(lapsesAt(after ?? { expires: null }, now.getTime()))
  const signedAt = version.signedAt ?? now
  const terms = {
    before: before?.signedAt && before.lapsesAt ? days(before.signedAt, before.lapsesAt) : null,
    after: days(signedAt, lapses),
  }
  const old = before === null ? null : asBoundary(before.document)
  const changes =
    after === null
      ? diffBaselines(before === null ? null : before.document, version.document)
      : diffBoundaries(old, after, tools, terms)
  return {
    version,
    before,
    changes,
    answerable: after === null || of === null ? [] : await readAnswerable(db, after, of.ownerId),
    widened: widenedCategories(before, changes),
    tightens:
      version.status === 'draft' &&
      before !== null &&
      before.lapsesAt !== null &&
      before.lapsesAt > now &&
      after !== null &&
      onlyTightens(old, after, changes),
    watching: watchingOf(widening, now),
    override,
    radius:
      after === null
        ? null
        : compareRadius(
            old === null
              ? []
              : radiusOf(old, tools, floor, {
                  now: now.getTime(),
                  lapsesAt: before?.lapsesAt?.getTime() ?? null,
                }),
            radiusOf(after, tools, floor, { now: now.getTime(), lapsesAt: lapses.getTime() }),
          ),
    overruled:
      after === null
        ? governed.flatMap(({ slug, document }) =>
            overruled(document, version.document, tools).map((one) => ({ ...one, agent: slug })),
          )
        : floor === null
          ? []
          : overruled(after, floor, tools).map((one) => ({ ...one, agent: null })),
    reach:
      after === null
        ? null
        : {
            before: old && reachOf(old, tools, floor, now.getTime()),
            after: reachOf(after, tools, floor, now.getTime()),
          },
    lapsesAt: lapses,
    history: versions
      .filter((each) => each.status === 'signed' && each.version !== version.version)
      .map((each) => ({
        version: each.version,
        status: each.status,
        signer: each.signer,
        signedWith: each.signedWith,
        tightened: each.tightenedFrom !== null,
        signedAt: each.signedAt,
        digest: digestText(each.digest),
      })),
  }
}

function watchingOf({ at, watchingDays }: Awaited<ReturnType<typeof lastWidening>>, now: Date): Comparison['watching'] {
  if (at === null) return null
  const until = new Date(at.getTime() + watchingDays * DAY)
  return until > now ? { since: at, until } : null
}

/** Every boundary in force, with its agent: what a baseline would be laid over. */
export async function allInForce(db: Db): Promise<{ slug: string; document: Boundary; lapsesAt: Date }[]> {
  const rows = await db.$queryRaw<{ slug: string; document: Boundary; lapsesAt: Date }[]>`
    SELECT a.slug, b.document, b.lapses_at AS "lapsesAt" FROM agent a
    JOIN LATERAL (SELECT v.document, v.lapses_at FROM boundary_version v
      WHERE v.agent_id = a.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b ON true
    WHERE a.state <> 'retired' ORDER BY a.slug LIMIT 1000`
  return rows
}

const days = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / DAY)

/** What governs an agent now: the version in force, the open draft, and the catalogue both are read with. */
export type Standing = {
  inForce: VersionRow | null
  draft: VersionRow | null
  versions: VersionRow[]
  catalogue: CatalogueTool[]
}

export async function standingOf(db: Db, of: Governed | null): Promise<Standing> {
  const agentId = of?.id ?? null
  const [inForce, draft, versions, tools] = await Promise.all([
    newestSigned(db, agentId),
    openDraft(db, agentId),
    allVersions(db, agentId),
    catalogue(db),
  ])
  return { inForce, draft, versions, catalogue: tools }
}

/** The organisation's baseline in force; null where none was ever signed. */
export async function baselineInForce(db: Db): Promise<VersionRow | null> {
  return newestSigned(db, null)
}

/** One line of the list of boundaries. `slug` is `baseline` for the organisation's. */
export type ListedBoundary = {
  slug: string
  team: string | null
  owner: { id: string; name: string } | null
  agentState: string | null
  inForce: { version: number; signer: string; signedAt: Date; lapsesAt: Date } | null
  draft: {
    version: number
    drafter: string
    draftedBy: string
    draftedAt: Date
    note: string
    changes: Change[]
  } | null
}

/** Every boundary there is or should be: the baseline, and one line for each agent that is not retired. */
export async function listBoundaries(db: Db, now: Date): Promise<ListedBoundary[]> {
  const [agents, tools] = await Promise.all([
    db.agent.findMany({
      where: { state: { not: 'retired' } },
      orderBy: { slug: 'asc' },
      select: {
        id: true,
        slug: true,
        ownerId: true,
        state: true,
        owner: { select: { id: true, name: true } },
        team: { select: { name: true } },
      },
    }),
    catalogue(db),
  ])
  const open = await db.boundaryVersion.findMany({ where: { status: 'draft' }, select: { agentId: true } })
  const drafted = new Set(open.map(({ agentId }) => agentId))
  const signed = await newestOfAll(db)
  const line = async (agentId: string | null): Promise<Pick<ListedBoundary, 'inForce' | 'draft'>> => {
    const draft = drafted.has(agentId) ? await openDraft(db, agentId) : null
    const before = draft === null ? null : await newestSigned(db, agentId)
    return {
      inForce: signed.get(agentId) ?? null,
      draft: draft && { ...draft, changes: draftChanges(before, draft, tools, now) },
    }
  }
  const lines: ListedBoundary[] = [
    { slug: BASELINE_SLUG, team: null, owner: null, agentState: null, ...(await line(null)) },
  ]
  for (const { id, slug, owner, team, state } of agents)
    lines.push({ slug, team: team.name, owner, agentState: state, ...(await line(id)) })
  return lines
}

/** What one version changes against another by meaning, each with the term it has, or would have if it were signed now. */
export function changesBetween(before: VersionRow | null, version: VersionRow, tools: CatalogueTool[]): Change[] {
  return draftChanges(before, version, tools, new Date())
}

function draftChanges(before: VersionRow | null, draft: VersionRow, tools: CatalogueTool[], now: Date): Change[] {
  const after = asBoundary(draft.document)
  if (after === null) return diffBaselines(before && before.document, draft.document)
  const terms = {
    before: before?.signedAt && before.lapsesAt ? days(before.signedAt, before.lapsesAt) : null,
    after: days(now, new Date(lapsesAt(after, now.getTime()))),
  }
  return diffBoundaries(before && asBoundary(before.document), after, tools, terms)
}

type Signed = { version: number; signer: string; signedAt: Date; lapsesAt: Date }

async function newestOfAll(db: Db): Promise<Map<string | null, Signed>> {
  const rows = await db.$queryRaw<(Signed & { agentId: string | null })[]>`
    SELECT DISTINCT ON (v.agent_id) v.agent_id::text AS "agentId", v.version, p.name AS signer, v.signed_at AS "signedAt",
      v.lapses_at AS "lapsesAt"
    FROM boundary_version v JOIN person p ON p.id = v.signed_by
    WHERE v.status = 'signed' ORDER BY v.agent_id, v.version DESC`
  return new Map(rows.map(({ agentId, ...row }) => [agentId, row]))
}

/** How many agents the baseline binds. */
export async function countGoverned(db: Db): Promise<number> {
  return db.agent.count({ where: { state: { not: 'retired' } } })
}
