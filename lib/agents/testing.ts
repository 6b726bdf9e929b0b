import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { newId } from '@/lib/core/ids'
import { sha256 } from '@/lib/core/canonical'
import { clientIdFrom, secretFrom } from './credential'
import type { AgentState } from './agent'

/** Rows for database tests of this room and those to its right, written as the database's superuser. Not for the product. */
export type Sample = { personId: string; teamId: string; agentId: string; slug: string }
export type SampleCredential = { id: string; clientId: string; clientSecret: string }

/** A person with an owner's standing. */
export async function samplePerson(
  pool: pg.Pool,
  roles: readonly string[] = [],
  name = 'Yuki Oyelaran',
): Promise<string> {
  const id = newId()
  await pool.query('INSERT INTO person (id, email, name, roles) VALUES ($1, $2, $3, $4)', [
    id,
    `${id}@example.com`,
    name,
    roles,
  ])
  return id
}

export async function sampleTeam(pool: pg.Pool): Promise<string> {
  const id = newId()
  await pool.query('INSERT INTO team (id, name) VALUES ($1, $2)', [id, `team ${id}`])
  return id
}

/** An agent with its owner and team; its data handling is decided, so any state will do. */
export async function sampleAgent(pool: pg.Pool, state: AgentState = 'active', ownerId?: string): Promise<Sample> {
  const personId = ownerId ?? (await samplePerson(pool))
  const teamId = await sampleTeam(pool)
  const agentId = newId()
  const slug = `agent-${agentId.slice(-12)}`
  await pool.query(
    `INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, state, registered_by,
       data_provider, data_region, data_retention, data_agreement, data_accepted_by, data_accepted_at)
     VALUES ($1, $2, 'Triages alerts', $3, $4, 'production', current_date + 30, $5, $3,
       'model host A', 'Frankfurt', '0 days', 'DPA of 2026-03-10', $3, now())`,
    [agentId, slug, personId, teamId, state],
  )
  return { personId, teamId, agentId, slug }
}

/** A credential of an agent. `endsAt` is when it ends by rotation. */
export async function sampleCredential(
  pool: pg.Pool,
  agent: Sample,
  endsAt: Date | null = null,
): Promise<SampleCredential> {
  const id = newId()
  const clientId = clientIdFrom(randomBytes(12))
  const clientSecret = secretFrom(randomBytes(32))
  await pool.query(
    'INSERT INTO credential (id, agent_id, client_id, secret_hash, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [id, agent.agentId, clientId, sha256(clientSecret), agent.personId, endsAt],
  )
  return { id, clientId, clientSecret }
}
