import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { sampleAgent, sampleCredential, samplePerson, type Sample } from '@/lib/agents/testing'
import type { AgentState } from '@/lib/agents/agent'
import type { Boundary } from '@/lib/boundary/boundary'
import { newId } from '@/lib/core/ids'
import type { Caller } from '@/lib/decisions/decide'

/** Rows for database tests of this room and those to its right, written as the database's superuser. Not for the product. */
export type Governed = Sample & { caller: Caller; boundaryId: string; clientId: string; clientSecret: string }

/** A boundary under which `crm` may be read, `edr.isolate_host` waits for people and `crm.delete_all` never happens. */
export function sampleBoundary(over: Partial<Boundary> = {}): Boundary {
  return {
    agent: 'sample',
    purpose: null,
    sandbox: null,
    mcp_scopes: { crm: ['read', 'write'] },
    autonomous: [],
    approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null }],
    never: [{ tool: 'crm.delete_all', when: null, reason: null }],
    audit: 'all_tool_calls',
    kill_switch: null,
    limits: {},
    accountable: {},
    expires: null,
    review_by: null,
    ...over,
  }
}

/** A signed boundary of an agent, the next version. The epoch does not move: use it before anything is decided. */
export async function sampleSigned(
  pool: pg.Pool,
  agent: Sample,
  document: Boundary,
  source = 'agent: sample',
): Promise<string> {
  const id = newId()
  const signer = await samplePerson(pool, ['ciso'], 'Ilse Brandt')
  await pool.query(
    `INSERT INTO boundary_version (id, agent_id, version, status, source, document, digest, drafted_by, signed_by, signed_at, statement, lapses_at)
     VALUES ($1, $2, coalesce((SELECT max(version) FROM boundary_version WHERE agent_id = $2), 0) + 1, 'signed', $7, $3, $4, $5, $6, now(), 'I have read it', now() + interval '90 days')`,
    [id, agent.agentId, JSON.stringify(document), randomBytes(32), agent.personId, signer, source],
  )
  return id
}

/** A tool of the catalogue, its class confirmed by a person. */
export async function sampleTool(
  pool: pg.Pool,
  name: string,
  access: 'read' | 'write',
  reversible: boolean | null = null,
): Promise<void> {
  const dot = name.indexOf('.')
  await pool.query(
    `INSERT INTO tool (id, server, name, access, reversible, source, confirmed_by, confirmed_at) VALUES ($1, $2, $3, $4, $5, 'person', $6, now())
     ON CONFLICT (server, name) DO NOTHING`,
    [newId(), name.slice(0, dot), name.slice(dot + 1), access, reversible, await samplePerson(pool, ['analyst'])],
  )
}

/** An active agent with a credential and a signed boundary, in an organisation with the tools the boundary speaks of. */
export async function governed(
  pool: pg.Pool,
  over: Partial<Boundary> = {},
  state: AgentState = 'active',
): Promise<Governed> {
  await pool.query(`INSERT INTO organisation (name) VALUES ('Northwind') ON CONFLICT DO NOTHING`)
  await sampleTool(pool, 'crm.get_order', 'read')
  await sampleTool(pool, 'crm.note', 'write', true)
  await sampleTool(pool, 'edr.isolate_host', 'write', true)
  const agent = await sampleAgent(pool, state)
  const credential = await sampleCredential(pool, agent)
  const boundaryId = await sampleSigned(pool, agent, sampleBoundary(over))
  return {
    ...agent,
    boundaryId,
    clientId: credential.clientId,
    clientSecret: credential.clientSecret,
    caller: { agentId: agent.agentId, credentialId: credential.id, scope: 'act' },
  }
}
