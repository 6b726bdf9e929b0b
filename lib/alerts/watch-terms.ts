import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { readTerms, type AgentTerms, type Term } from '@/lib/boundary/read-terms'
import { type TermKind, toldAt, type Told } from '@/lib/boundary/terms'
import { append } from '@/lib/ledger/append'
import { ledgerStatus } from '@/lib/ledger/read'
import { query, queryOne } from '@/lib/ledger/sql'
import { catalogue } from '@/lib/tools/read'
import { loudest, type AlertKind, type Severity } from './alert'
import { notifyAlerts, openTerm, sayAlert, updateAlert } from './store'

/**
 * Tells people, step by step, of what ends for active agents: that a boundary lapses, that a review is due. Each step is told once,
 * however many replicas look and however often; of steps that were slept through only the nearest. In the caller's transaction.
 * @returns how many steps were told
 */
export async function watchTerms(db: Db, now: Date): Promise<number> {
  const mine = await queryOne<{ got: boolean }>(
    db,
    `SELECT pg_try_advisory_xact_lock(hashtextextended('watch terms', 0)) AS got`,
  )
  if (mine?.got !== true) return 0
  let told = 0
  for (const agent of await readTerms(db, null, await catalogue(db), now.getTime())) {
    if (agent.state !== 'active') continue
    for (const term of agent.terms) if (term.stage.step !== null && (await tell(db, agent, term, now))) told += 1
  }
  if (told > 0) await notifyAlerts(db)
  return told
}

async function tell(
  db: Db,
  { agentId, owner }: AgentTerms,
  { kind, endsAt, stage, happens }: Term,
  now: Date,
): Promise<boolean> {
  const step = stage.step ?? 0
  const ends = new Date(endsAt)
  const before = await query(
    db,
    'SELECT step FROM term_notice WHERE agent_id = $1::uuid AND term = $2 AND ends_at = $3::timestamptz AND step = $4::int',
    [agentId, kind, ends, step],
  )
  if (before.length > 0) return false
  const alertKind: AlertKind = stage.name === 'lapsed' ? 'term_over' : 'term_near'
  const severity: Severity = stage.name === 'lapsed' ? 'critical' : step > 7 ? 'notice' : 'warning'
  const key = `${alertKind}:${agentId}:${kind}:${ends.toISOString()}`
  const { size } = await ledgerStatus(db)
  const { alert, opened } = await openTerm(
    db,
    { id: newId(), key, kind: alertKind, severity, agentId },
    BigInt(size),
    now,
  )
  const louder = loudest(alert.severity, severity)
  await updateAlert(db, alert.id, { count: alert.count + 1, lastAt: now, severity: louder })
  const whom = toldAt(step).filter((who) => who !== 'owner' || owner.active)
  const says = `${termWords(kind, stage.name, step)} ${happens} Told: ${whom.map((who) => TOLD_WORDS[who]).join(', ')}.`
  await sayAlert(db, alert.id, says)
  await query(
    db,
    'INSERT INTO term_notice (agent_id, term, ends_at, step, alert_id) VALUES ($1::uuid, $2, $3::timestamptz, $4::int, $5::uuid)',
    [agentId, kind, ends, step, alert.id],
  )
  await append(db, {
    kind: opened ? 'alert.raised' : 'alert.escalated',
    actor: 'system',
    agent: agentId,
    owner: owner.id,
    about: { alert: alert.id, person: whom.includes('owner') ? owner.id : null },
    labels: [alertKind, louder, kind, ...whom],
    payload: { says },
    projection: { sentence: says },
  })
  return true
}

const TOLD_WORDS: Record<Told, string> = { owner: 'its owner', ciso: 'the cisos', administrator: 'the administrators' }

/** What ends, and how soon: `Its boundary lapses within 14 days.` */
function termWords(kind: TermKind, stage: Term['stage']['name'], step: number): string {
  const what = {
    boundary: 'Its boundary',
    boundary_review: 'The review its boundary asks for',
    agent_review: 'Its review',
  }[kind]
  const laps = kind === 'boundary'
  if (stage === 'lapsed') return `${what} ${laps ? 'has lapsed' : 'is overdue'}.`
  if (stage === 'due') return `${what} ${laps ? 'lapses within 24 hours' : 'is due today'}.`
  return `${what} ${laps ? 'lapses' : 'is due'} in ${step === 1 ? 'a day' : `at most ${step} days`}.`
}
