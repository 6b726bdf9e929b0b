import { describe, expect, it } from 'vitest'
import { parsePublicId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { Decider } from './decide'
import { governed, type Governed } from './governed-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })

const propose = async (agent: Governed, tool: string, args: Record<string, string> = {}) => {
  const decided = await decider.decide(agent.caller, { tool, arguments: args })
  if (!('answer' in decided)) throw new Error('it was asked for before')
  return decided.answer
}

describe('decide', () => {
  it.each([
    ['crm.get_order', 'allow', 'read_in_scope', 'allowed'],
    ['crm.note', 'allow', 'write_in_scope', 'allowed'],
    ['edr.isolate_host', 'hold', 'approval_required', 'held'],
    ['crm.delete_all', 'forbid', 'never', 'forbidden'],
    ['mail.send', 'forbid', 'out_of_scope', 'forbidden'],
  ])('%s: %s', async (tool, decision, code, status) => {
    const answer = await propose(await governed(pools.superuser), tool)
    expect(answer).toMatchObject({ decision, status, reason: { code } })
    expect(answer.grant !== null).toBe(decision === 'allow')
    expect(answer.approval !== null).toBe(decision === 'hold')
    const id = parsePublicId('action', answer.id)
    const { rows } = await pools.superuser.query(
      `SELECT a.status, e.kind, e.outcome, e.reason_code FROM action a JOIN ledger.entry e ON e.id = a.id WHERE a.id = $1`,
      [id],
    )
    expect(rows).toEqual([{ status, kind: 'action.decided', outcome: decision, reason_code: code }])
    const opened = await openPayload(pools.app, id)
    expect(opened).toMatchObject({ state: 'open', payload: { tool, salt: answer.salt, digest: answer.digest } })
  })
})
