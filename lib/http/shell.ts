import { wordsFor } from '@/lib/people/words-for'
import { publicId } from '@/lib/core/ids'
import { Batcher } from '@/lib/core/batch'
import { db, type Db } from '@/lib/db/client'
import { ledgerStatus, type LedgerStatus } from '@/lib/ledger/read'
import { lastVerification, type Verification } from '@/lib/ledger/verification'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { readOrganisation } from '@/lib/people/read'
import { readOnCall } from '@/lib/people/read-on-call'

type Counts = { agents: number; boundaries: number; alerts: number; reviews: number; actions: number; lifts: number }
type HaltRow = {
  id: string
  scope: string
  target: string
  name: string | null
  agents: number
  unconfirmed: number
  since: Date
  by: string | null
  reason: string
  drill: boolean
}

/**
 * What the frame of every page says: what waits for this person, the halts in force, who is on call, how far the ledger
 * stands. Counts and names alone; each page reads its own under the reader's permissions.
 */
export async function readShell(of: Db, actor: Actor, now: Date) {
  const [organisation, counts, halts, onCall, head, verified, drillOverdue] = await Promise.all([
    readOrganisation(of),
    countWaiting(of, actor),
    haltsTogether.submit(null),
    readOnCall(of, now),
    ledgerStatus(of),
    lastVerification(of),
    readOverdueDrill(of, now),
  ])
  const [current] = onCall.now
  return {
    organisation: organisation?.name ?? '',
    person: { name: actor.name, roles: actor.roles },
    counts: {
      approvals: counts.actions + (can(actor, 'halt.lift').ok ? counts.lifts : 0),
      agents: counts.agents,
      boundaries: can(actor, 'boundary.sign').ok ? counts.boundaries : 0,
      alerts: counts.alerts,
      reviews: can(actor, 'review.close').ok ? counts.reviews : 0,
    },
    halts: halts.map((halt) => ({
      id: publicId('halt', halt.id),
      scope: scopeOf(halt),
      agents: halt.agents,
      unconfirmed: halt.unconfirmed,
      since: halt.since.toISOString(),
      by: halt.by ?? 'Countersign',
      reason: halt.reason === '' ? null : halt.reason,
      drill: halt.drill,
    })),
    onCall: {
      now: current === undefined ? null : { name: current.name, until: current.endsAt?.toISOString() ?? null },
      next: onCall.next === undefined ? null : { name: onCall.next.name, from: onCall.next.startsAt.toISOString() },
    },
    ledger: standingOf(head, verified),
    drillOverdue: drillOverdue?.toISOString() ?? null,
  }
}

/** What waits, in one round trip; each count by an index (`approval_pending`, `alert_open`, `boundary_one_draft`). */
async function countWaiting(of: Db, actor: Actor): Promise<Counts> {
  const [row] = await of.$queryRaw<Counts[]>`
    SELECT
      (SELECT count(*)::int FROM agent WHERE state <> 'retired') AS agents,
      (SELECT count(*)::int FROM boundary_version WHERE status = 'draft' AND drafted_by <> ${actor.id}::uuid) AS boundaries,
      (SELECT count(*)::int FROM alert WHERE acknowledged_at IS NULL) AS alerts,
      (SELECT count(*)::int FROM review r JOIN agent g ON g.id = r.agent_id
        WHERE r.closed_at IS NULL AND r.requester_id IS DISTINCT FROM ${actor.id}::uuid
          AND ${actor.id}::uuid NOT IN (r.owner_id, g.owner_id)) AS reviews,
      (SELECT count(*)::int FROM approval a LEFT JOIN agent g ON g.id = a.agent_id
        WHERE a.status = 'pending' AND a.expires_at > now() AND a.kind = 'action'
          AND a.requester_id IS DISTINCT FROM ${actor.id}::uuid
          AND (CASE WHEN a.rule ? 'asked' THEN EXISTS (
                 SELECT FROM jsonb_array_elements(a.rule -> 'asked') AS seat, jsonb_array_elements_text(seat) AS word
                  WHERE word = ANY (${wordsFor(actor)}::text[]) OR (word = 'owner' AND g.owner_id = ${actor.id}::uuid))
               ELSE ${actor.roles.includes('analyst')} END)
          AND (a.seats > 1 OR g.owner_id IS DISTINCT FROM ${actor.id}::uuid)
          AND NOT EXISTS (SELECT FROM verdict v WHERE v.approval_id = a.id AND v.person_id = ${actor.id}::uuid)) AS actions,
      (SELECT count(*)::int FROM approval a
        WHERE a.status = 'pending' AND a.expires_at > now() AND a.kind = 'halt_lift'
          AND NOT EXISTS (SELECT FROM verdict v WHERE v.approval_id = a.id AND v.person_id = ${actor.id}::uuid)) AS lifts`
  return row ?? { agents: 0, boundaries: 0, alerts: 0, reviews: 0, actions: 0, lifts: 0 }
}

/** Since when a drill was due, once it is overdue: as the room of halts last worked out both moments. */
async function readOverdueDrill(of: Db, now: Date): Promise<Date | null> {
  const [row] = await of.$queryRaw<{ at: Date }[]>`SELECT at FROM drill_due WHERE overdue_at <= ${now}`
  return row?.at ?? null
}

/**
 * The halts are the same for everybody, and while thousands of agents confirm every open page reads them again: whoever asks while they are being read
 * shares the next reading with all who do, so that a storm costs one reading after the other, however many look. Nobody is told what was read
 * before they asked.
 */
const haltsTogether = new Batcher<null, HaltRow[]>({
  call: async (asked) => {
    const halts = await readHalts()
    return asked.map(() => halts)
  },
  leftNothing: () => false,
  lanes: 2,
  most: Infinity,
})

/** The halts in force, the widest first, with how many agents each stops and how many have not said they stopped. */
function readHalts(): Promise<HaltRow[]> {
  return db().$queryRaw<HaltRow[]>`
    SELECT h.id, h.scope, h.target, h.engaged_at AS since, p.name AS by, h.reason,
      EXISTS (SELECT FROM drill d JOIN approval a ON a.id = d.approval_id WHERE d.halt_id = h.id AND a.status = 'approved') AS drill,
      CASE WHEN h.scope IN ('agent', 'run') THEN max(w.slug) WHEN h.scope = 'team' THEN max(t.name) END AS name,
      count(g.id)::int AS agents,
      (count(g.id) FILTER (WHERE NOT EXISTS (
        SELECT FROM halt_acknowledgement k WHERE k.halt_id = h.id AND k.agent_id = g.id AND k.stop = coalesce(b.stop, 0))
        OR EXISTS (SELECT FROM run u WHERE u.agent_id = g.id AND u.lease_until > coalesce(b.at, h.engaged_at) AND u.closed_at IS NULL
          AND h.scope NOT IN ('tool', 'server') AND (h.scope <> 'run' OR u.id = r.id)
          AND NOT EXISTS (SELECT FROM halt_run_stopped s WHERE s.halt_id = h.id AND s.run_id = u.id AND s.stop = coalesce(b.stop, 0)))))::int AS unconfirmed
    FROM halt h
    LEFT JOIN person p ON p.id = h.engaged_by
    LEFT JOIN run r ON r.id = CASE WHEN h.scope = 'run' THEN h.target::uuid END
    LEFT JOIN agent w ON w.id = CASE h.scope WHEN 'agent' THEN h.target::uuid WHEN 'run' THEN r.agent_id END
    LEFT JOIN team t ON t.id = CASE WHEN h.scope = 'team' THEN h.target::uuid END
    LEFT JOIN agent g ON g.state = 'active' AND NOT (g.id = ANY (h.released)) AND CASE h.scope WHEN 'agent' THEN g.id = w.id WHEN 'run' THEN g.id = w.id
      WHEN 'team' THEN g.team_id = t.id WHEN 'environment' THEN g.environment = h.target ELSE true END
    LEFT JOIN LATERAL (SELECT x.stop, x.at FROM halt_again x WHERE x.halt_id = h.id AND x.agent_id = g.id ORDER BY x.stop DESC LIMIT 1) AS b ON true
    WHERE h.lifted_at IS NULL
    GROUP BY h.id, p.name
    ORDER BY h.scope <> 'organisation', h.engaged_at DESC`
}

function scopeOf({ scope, target, name }: HaltRow) {
  if (scope === 'organisation') return { kind: 'organisation' as const }
  if (scope === 'agent' || scope === 'run') return { kind: scope, name: name ?? target } as const
  if (scope === 'team' || scope === 'environment' || scope === 'server')
    return { kind: scope, name: name ?? target } as const
  return { kind: 'tool' as const, name: target }
}

/** What the last walk over all of it found wrong; else how far the ledger is under a signed checkpoint. */
function standingOf({ size, signedAt }: LedgerStatus, verified: Verification | null) {
  const finding = verified?.finding
  if (verified && finding)
    return {
      state: 'broken' as const,
      entry: finding.index,
      words: finding.words,
      at: verified.endedAt.toISOString(),
    }
  if (signedAt === null || size === 0) return { state: 'unsealed' as const }
  return { state: 'sealed' as const, size, at: signedAt.toISOString() }
}
