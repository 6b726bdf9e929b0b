import { fault, isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { concerns, requestOf } from './read'
import { findHalt, findSubject, insertAcknowledgement } from './store'
import { countRefusedWord, findOwnRuns, insertRunAtRest, insertStoppedRuns } from './store-stops'
import type { WordRefusal } from './stops'

/** What an agent says: which halt it stopped for, and which of its runs, as `run_…`. `requestedAt`: which stop, as its event named it. */
export type Word = { agentId: string; haltId: string; runs: readonly string[]; requestedAt?: Date | undefined }

/**
 * An agent says that it stopped for a halt, and which of its runs, in the caller's transaction. Each process of an agent speaks for its own
 * runs: every run counts once, and so does the agent's own word. Saying so again changes nothing and writes nothing; a word that comes after the
 * lift, or after its agent was let go, is still one; one that is not this agent's to give changes nothing. Who was let go and halted again says so
 * again, and names the stop it is of: no word of the stop before counts for the one after.
 * @throws Fault `not_found` where there is no such halt, `wrong_state` naming `requested_at` where the agent was asked to stop again since, or was and the
 *   word does not say which stop it is of; `not_permitted` for the halt of another agent, or naming `runs[n]`, which is not its own
 */
export async function acknowledge(
  db: Db,
  agentId: string,
  haltId: string,
  runs: readonly string[],
  requestedAt?: Date,
): Promise<void> {
  const { refused, owner, stopped, request } = await judged(db, { agentId, haltId, runs })
  if (refused !== null) throw fault('not_permitted', refused.says)
  // a word that names no stop is of the first: it may have been under way since before the agent was let go
  if (requestedAt === undefined ? request.stop > 0 : requestedAt.getTime() !== request.at.getTime())
    throw fault('wrong_state', {
      field: 'requested_at',
      detail: `This agent was asked to stop at ${request.at.toISOString()}: name that once it has stopped.`,
    })
  const first = await insertAcknowledgement(db, haltId, agentId, request.stop, runs)
  const added = await insertStoppedRuns(db, haltId, agentId, request.stop, stopped)
  if (!first && added === 0) return
  await append(db, {
    kind: 'halt.acknowledged',
    actor: 'agent',
    agent: agentId,
    owner,
    about: { halt: haltId },
    ...(runs.length > 0 && { payload: { runs: [...runs] } }),
  })
}

/**
 * Notes that one run has stopped for a halt in force, in the caller's transaction: by this server's own word, where it is this server that
 * executes everything of the run. The agent's own word is still its own to give.
 * @returns whether it was noted now: not where it was before, nor where the halt does not cover it or something of it is at work
 */
export async function noteStoppedRun(
  db: Db,
  { agentId, haltId, runId }: { agentId: string; haltId: string; runId: string },
): Promise<boolean> {
  if (!(await insertRunAtRest(db, haltId, runId))) return false
  const agent = await findSubject(db, { id: agentId })
  await append(db, {
    kind: 'halt.acknowledged',
    actor: 'system',
    agent: agentId,
    owner: agent?.owner_id ?? null,
    run: runId,
    about: { halt: haltId },
    labels: ['by_gateway'],
  })
  return true
}

/**
 * As `acknowledge`, in a transaction of its own. What it refuses is on record before it is answered: the first of an agent, halt and reason as an
 * entry, all of them counted.
 */
export async function acknowledgeOrRecord(word: Word): Promise<void> {
  try {
    await transaction((tx) => acknowledge(tx, word.agentId, word.haltId, word.runs, word.requestedAt))
  } catch (error) {
    if (isFault(error) && error.code === 'not_permitted') await transaction((tx) => recordRefused(tx, word))
    throw error
  }
}

async function recordRefused(db: Db, word: Word): Promise<void> {
  const { agentId, haltId, runs } = word
  const { refused, owner } = await judged(db, word)
  if (refused === null || !(await countRefusedWord(db, haltId, agentId, refused.reason))) return
  await append(db, {
    kind: 'halt.acknowledgement_refused',
    actor: 'agent',
    agent: agentId,
    owner,
    about: { halt: haltId },
    labels: [refused.reason],
    ...(runs.length > 0 && { payload: { runs: [...runs] } }),
  })
}

type Judged = {
  owner: string | null
  /** the runs it says it stopped, as bare UUIDs */
  stopped: readonly string[]
  /** the stop that is asked of it now */
  request: { stop: number; at: Date }
  refused: { reason: WordRefusal; says: { field?: string; detail: string } } | null
}

async function judged(db: Db, { agentId, haltId, runs }: Word): Promise<Judged> {
  const [halt, agent] = await Promise.all([findHalt(db, haltId), findSubject(db, { id: agentId })])
  if (halt === null) throw fault('not_found', { detail: 'There is no such halt.' })
  const owner = agent?.owner_id ?? null
  const request = requestOf(halt, agentId)
  if (agent === null || !concerns({ ...halt, released: [] }, agent)) {
    const says = { detail: 'This halt does not stop this agent: its confirmation counts for nothing, and is recorded.' }
    return { owner, stopped: [], request, refused: { reason: 'not_covered', says } }
  }
  const ids = runs.map(runIdOf)
  const known = ids.filter((id) => id !== null)
  const own = await findOwnRuns(db, agentId, known)
  const foreign = ids.findIndex((id) => id === null || !own.has(id))
  if (foreign >= 0) {
    const says = { field: `runs[${String(foreign)}]`, detail: 'This agent has no such run: nothing of this was taken.' }
    return { owner, stopped: [], request, refused: { reason: 'foreign_run', says } }
  }
  return { owner, stopped: known, request, refused: null }
}

function runIdOf(run: string): string | null {
  try {
    return parsePublicId('run', run)
  } catch (error) {
    if (isFault(error)) return null
    throw error
  }
}
