import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import type { Actor } from '@/lib/people/actor'
import { answerAction } from './answer'
import type { ClaimContext } from './claim'
import type { ActionOutput, IntrospectionInput, Proposal } from './contract'
import { Decider } from './decide'
import type { Governed } from './governed-testing'
import { readOwn } from './read-own'

export const HOLD: Proposal = {
  tool: 'edr.isolate_host',
  arguments: { host: 'fin-lt-0442' },
  resource: { type: 'host', id: 'fin-lt-0442' },
}
export const READ: Proposal = {
  tool: 'crm.get_order',
  arguments: { id: 'A-17' },
  resource: { type: 'order', id: 'A-17' },
}
export const idOf = (answer: ActionOutput) => parsePublicId('action', answer.id)

/** What an executor sends of a proposal it was handed the grant of. */
export const said = (
  agent: Governed,
  token: string,
  { tool, arguments: args, resource }: Proposal,
  more: Partial<IntrospectionInput> = {},
): IntrospectionInput => ({ token, agent: agent.slug, tool, arguments: args, resource, ...more })

/** The steps of an action's life, for database tests. Not for the product. */
export function lifecycle({ pools }: TestDatabase) {
  const publicUrl = () => new URL('http://localhost:3000')
  const decider = new Decider({ connections: pools.app, publicUrl })
  const context: ClaimContext = { decider, connections: pools.app, publicUrl, now: Date.now }

  async function propose(agent: Governed, proposal: Proposal): Promise<ActionOutput> {
    const decided = await decider.decide(agent.caller, proposal)
    if (!('answer' in decided)) throw new Error('it was asked for before')
    return decided.answer
  }

  async function held(agent: Governed, proposal: Proposal = HOLD) {
    const answer = await propose(agent, proposal)
    if (answer.approval === null) throw new Error('it was not held')
    return { answer, actionId: idOf(answer), approvalId: parsePublicId('approval', answer.approval.id) }
  }

  const verdict = (
    approvalId: string,
    digest: string,
    actor: Actor,
    answer: 'approve' | 'reject',
    reason = 'checked',
    now = new Date(),
  ) =>
    transaction((db) =>
      answerAction(db, { approvalId, actor, answer, reason, digest: Buffer.from(digest.slice(7), 'hex'), now }),
    )

  const state = async (agent: Governed, actionId: string, now = new Date()) =>
    (await readOwn(pools.app, publicUrl(), agent.agentId, actionId, now))?.status

  /** The kinds of the entries about an action, in order. */
  const kinds = async (actionId: string) => {
    const { rows } = await pools.superuser.query<{ kind: string }>(
      'SELECT kind FROM ledger.entry WHERE id = $1 OR action_id = $1 ORDER BY id',
      [actionId],
    )
    return rows.map(({ kind }) => kind)
  }

  return { context, propose, held, verdict, state, kinds, publicUrl }
}
