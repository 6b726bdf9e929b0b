import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { transaction } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import type { Answered, TestGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'

const COMMANDS = {
  autonomous: ['npm test', 'ls *'],
  approval_required: ['git push *'],
  never: ['rm -rf *'],
  workspace: null,
}
/** A boundary with lists of commands, as a parsed document has them. */
export const LISTS = {
  mcp_scopes: { 'claude-code': ['read', 'write'] },
  surfaces: { commands: COMMANDS },
} as unknown as NonNullable<Parameters<typeof governed>[1]>

export type Session = { agent: Governed; token: string; tokenId: string; session: string }

/** Sessions of Claude Code as a server hears them, for database tests. Not for the product. */
export async function hookSessions({ pools: { superuser } }: TestDatabase, { ask, tokenOf }: TestGateway) {
  const dana = await testPerson(['analyst'])
  let calls = 0

  async function session(over: object = LISTS): Promise<Session> {
    const agent = await governed(superuser, over)
    const made = await ask('POST', '/api/v1/hook-tokens', await tokenOf(agent), { machine: 'laptop-7' })
    expect(made.status).toBe(200)
    const { token, id } = made.body as { token: string; id: string }
    return { agent, token, tokenId: id, session: randomUUID() }
  }

  const send = (at: Session, event: string, more: object = {}, query = ''): Promise<Answered> =>
    ask('POST', `/api/hooks/claude-code?event=${event}${query}`, at.token, {
      session_id: at.session,
      transcript_path: '/x',
      cwd: '/srv/app',
      hook_event_name: event,
      ...more,
    })

  const command = (at: Session, text: string, query = '&wait=0', id = `toolu_${String(++calls)}`) =>
    send(
      at,
      'PreToolUse',
      { tool_name: 'Bash', tool_input: { command: text, description: 'd' }, tool_use_id: id },
      query,
    )

  const entries = async ({ agentId }: Governed) =>
    (
      await superuser.query<{ kind: string; labels: string[] | null }>(
        `SELECT kind, convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE agent_id = $1 ORDER BY id`,
        [agentId],
      )
    ).rows
  const kinds = async (agent: Governed) => (await entries(agent)).map(({ kind }) => kind)

  async function waiting({ agentId }: Governed): Promise<{ id: string; digest: Buffer }> {
    for (let tries = 0; tries < 500; tries++) {
      const { rows } = await superuser.query<{ id: string; digest: Buffer }>(
        `SELECT id, digest FROM approval WHERE agent_id = $1 AND status = 'pending'`,
        [agentId],
      )
      if (rows[0] !== undefined) return rows[0]
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return expect.fail('nothing waits')
  }
  const verdict = ({ id, digest }: { id: string; digest: Buffer }, answer: 'approve' | 'reject') =>
    transaction((db) =>
      answerAction(db, { approvalId: id, actor: dana, answer, reason: 'looked', digest, now: new Date() }),
    )
  return { dana, session, send, command, entries, kinds, waiting, verdict }
}

/** What a hook answered about its own event. */
export const saysOf = ({ body }: Answered): { permissionDecision?: string; permissionDecisionReason: string } =>
  (body as { hookSpecificOutput: { permissionDecisionReason: string } }).hookSpecificOutput
