import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { sampleAgent } from '@/lib/agents/testing'
import { clientIdFrom, secretFrom } from '@/lib/agents/credential'
import { sha256 } from '@/lib/core/canonical'
import { newId } from '@/lib/core/ids'

/** Tokens asked for at once. */
const HANDS = 16

/** Many agents of one team, each with a credential, and an access token of each. One statement a table: a bench needs thousands. */
export async function connectedAgents(superuser: pg.Pool, url: string, count: number): Promise<string[]> {
  const model = await sampleAgent(superuser)
  const agents = Array.from({ length: count }, () => ({
    id: newId(),
    credential: newId(),
    client: clientIdFrom(randomBytes(12)),
    secret: secretFrom(randomBytes(32)),
  }))
  await superuser.query(
    `INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, state, registered_by,
       data_provider, data_region, data_retention, data_agreement, data_accepted_by, data_accepted_at)
     SELECT x, 'listener-' || right(x::text, 12), purpose, owner_id, team_id, environment, review_date, state, registered_by,
       data_provider, data_region, data_retention, data_agreement, data_accepted_by, data_accepted_at
       FROM agent, unnest($2::uuid[]) AS x WHERE id = $1`,
    [model.agentId, agents.map(({ id }) => id)],
  )
  await superuser.query(
    `INSERT INTO credential (id, agent_id, client_id, secret_hash, created_by)
     SELECT id, agent_id, client_id, secret_hash, $5 FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[]) AS x(id, agent_id, client_id, secret_hash)`,
    [
      agents.map(({ credential }) => credential),
      agents.map(({ id }) => id),
      agents.map(({ client }) => client),
      agents.map(({ secret }) => sha256(secret)),
      model.personId,
    ],
  )
  const tokens: string[] = []
  let next = 0
  const hand = async () => {
    for (let agent = agents[next++]; agent; agent = agents[next++])
      tokens.push(await tokenOf(url, agent.client, agent.secret))
  }
  await Promise.all(Array.from({ length: HANDS }, hand))
  return tokens
}

/** An access token by client credentials. */
export async function tokenOf(url: string, clientId: string, clientSecret: string): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: form })
  if (!response.ok) throw new Error(`/oauth/token: ${String(response.status)} ${await response.text()}`)
  return ((await response.json()) as { access_token: string }).access_token
}
