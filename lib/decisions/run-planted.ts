import { createHmac, randomInt } from 'node:crypto'
import { closeApproval } from '@/lib/approvals/close'
import { isFault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { openPlanted, plantTest } from './plant'
import {
  agentsToTest,
  dueMoments,
  findTest,
  insertSlot,
  lockPlanting,
  newestPlan,
  type PlanRow,
  testsToEnd,
  testsToOpen,
} from './store-planted'
import { momentsIn } from './test-request'

const DAY_MS = 86_400_000
const RECENT_MS = 180 * DAY_MS
/** A planned test opens some time after its entry stands in the log, so that the log does not give it away, in milliseconds. */
const OPENS_WITHIN_MS = 2 * 3_600_000

/**
 * What is due for test requests, in the transaction it is given: those that are over end, those whose time has come are opened, and what the
 * plan drew is planted. Run it every minute on as many servers as there are: one does it.
 * @returns how many were planted and ended, and of those that were opened the bare ids of their approvals: people are to hear of them
 */
export async function runPlanted(db: Db, now: Date): Promise<{ planted: number; opened: string[]; ended: number }> {
  if (!(await lockPlanting(db))) return { planted: 0, opened: [], ended: 0 }
  let [planted, ended] = [0, 0]
  const opened: string[] = []
  for (const { approval, to } of await testsToEnd(db, now)) if (await end(db, approval, to, now)) ended += 1
  const plan = await newestPlan(db)
  if (plan !== null && plan.perMonth > 0)
    for (const at of await dueMoments(db, plan.id, drawnFor(plan, now), now)) {
      const id = await plantOne(db, plan, now)
      await insertSlot(db, plan.id, at, id)
      if (id !== null) planted += 1
    }
  for (const id of await testsToOpen(db, now)) {
    const approval = await openPlanted(db, id, now)
    if (approval !== null) opened.push(approval)
  }
  return { planted, opened, ended }
}

/** Of this month and the one before, so that none is lost over its end. */
function drawnFor({ seed, perMonth }: PlanRow, now: Date): string[] {
  return [new Date(now.getTime() - 28 * DAY_MS), now].flatMap((of) => {
    const month = of.toISOString().slice(0, 7)
    return momentsIn(month, perMonth, drawBytes(Buffer.from(seed), month, perMonth * 4))
  })
}

/** Bytes nobody can tell who does not have the seed, the same every time. */
function drawBytes(seed: Buffer, month: string, count: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, at) =>
    createHmac('sha256', seed)
      .update(`${month}/${String(at)}`)
      .digest(),
  )
  return Buffer.concat(blocks).subarray(0, count)
}

/** Of an agent drawn among those whose past allows it; null where none does. */
async function plantOne(db: Db, plan: PlanRow, now: Date): Promise<string | null> {
  const left = await agentsToTest(db, new Date(now.getTime() - RECENT_MS))
  while (left.length > 0) {
    const [agentId = ''] = left.splice(randomInt(left.length), 1)
    const opensAt = new Date(now.getTime() + randomInt(OPENS_WITHIN_MS))
    try {
      const { flaws, teams, people } = plan
      return await plantTest(db, { agentId, flaws, teams, people, by: null, opensAt })
    } catch (error) {
      if (!isFault(error) || error.code !== 'wrong_state') throw error
    }
  }
  return null
}

async function end(db: Db, approvalId: string, to: 'expired' | 'withdrawn', now: Date): Promise<boolean> {
  const test = await findTest(db, approvalId, null)
  if (test === null || (await closeApproval(db, approvalId, to, now)) === null) return false
  await append(db, {
    kind: 'test_request.ended',
    actor: 'system',
    agent: test.agentId,
    owner: test.ownerId,
    outcome: to === 'expired' ? 'expired' : null,
    about: { approval: approvalId, entry: test.id },
    labels: [to === 'expired' ? 'unanswered' : 'boundary_changed', test.flaw],
  })
  return true
}
