import { queryOne, type Sql } from '@/lib/ledger/sql'
import type { DrillEvent, HaltEvent } from './contract'
import { concerns, eventOf, requestOf } from './read'
import { rehearsalsNow } from './read-rehearsals'
import { findAgainSince, findInForce, findSince, findSubjects, type HaltRow } from './store'

/** Halts of one statement's answer; more are read on. */
const MOST = 100

/** Who has to be brought up to date: an agent, and the epoch up to which it was told everything (null: nothing yet). */
export type Behind = { agentId: string; after: bigint | null }

/**
 * What an agent has to hear first: the halts in force for it, then those that began, or halted it again, after what it was told last, lifted since
 * or not, with the epoch each did so at, oldest first. `epoch`: it was told everything up to here once it has heard both.
 */
export type Present = {
  epoch: bigint
  halts: HaltEvent[]
  /** the rehearsals that go on and are for this agent */
  drills: DrillEvent[]
  missed: { epoch: bigint; halt: HaltEvent }[]
}

/** Brings many agents up to date at once, in as many statements as for one. Answers in their order. */
export async function presentFor(sql: Sql, behind: readonly Behind[]): Promise<Present[]> {
  // The epoch first: what is engaged between the two is told twice rather than never.
  const epoch = await gateEpoch(sql)
  const inForce = await findInForce(sql)
  const since = await engagedSince(sql, earliest(behind))
  const rehearsals = await rehearsalsNow(sql)
  const named = [...inForce, ...since]
  const subjects = named.length === 0 ? [] : await findSubjects(sql, [...new Set(behind.map(({ agentId }) => agentId))])
  const known = new Map(subjects.map((subject) => [subject.id, subject]))
  return behind.map(({ agentId, after }) => {
    const drills = rehearsals.filter(({ agents }) => agents.has(agentId)).map(({ event }) => event)
    const agent = known.get(agentId)
    if (agent === undefined) return { epoch, halts: [], drills, missed: [] }
    return {
      epoch,
      drills,
      halts: inForce.filter((row) => concerns(row, agent)).map((row) => eventOf(row, agentId)),
      missed: since
        .map((row) => ({ row, epoch: requestOf(row, agentId).epoch }))
        .filter(({ row, epoch }) => after !== null && epoch > after && concerns(row, agent))
        .sort((a, b) => Number(a.epoch - b.epoch))
        .map(({ row, epoch }) => ({ epoch, halt: eventOf(row, agentId) })),
    }
  })
}

/** The epoch of the gate (ADR 0001). */
export async function gateEpoch(sql: Sql): Promise<bigint> {
  const row = await queryOne<{ epoch: string }>(sql, 'SELECT epoch::text AS epoch FROM gate')
  return BigInt(row?.epoch ?? 0)
}

function earliest(behind: readonly Behind[]): bigint | null {
  return behind.reduce<bigint | null>(
    (least, { after }) => (after !== null && (least === null || after < least) ? after : least),
    null,
  )
}

async function engagedSince(sql: Sql, after: bigint | null): Promise<HaltRow[]> {
  const all: HaltRow[] = after === null ? [] : await findAgainSince(sql, after)
  for (let from = after; from !== null;) {
    const rows = await findSince(sql, from, MOST)
    all.push(...rows)
    const last = rows.at(-1)
    from = last === undefined || rows.length < MOST ? null : BigInt(last.epoch)
  }
  return all
}
