import type { Db } from '@/lib/db/client'
import type { AgentState, Environment } from './agent'
import type { CredentialTimes } from './credential'

/** An agent as its rules and verbs need it; the owner's standing is read with it, because containment depends on it. */
export type AgentRow = {
  id: string
  slug: string
  purpose: string
  ownerId: string
  ownerActive: boolean
  teamId: string
  environment: Environment
  /** calendar day, `YYYY-MM-DD` */
  reviewDate: string
  state: AgentState
  data: {
    provider: string | null
    region: string | null
    retention: string | null
    agreement: string | null
    acceptedBy: string | null
  }
}

const selected = {
  id: true,
  slug: true,
  purpose: true,
  ownerId: true,
  teamId: true,
  environment: true,
  reviewDate: true,
  state: true,
  dataProvider: true,
  dataRegion: true,
  dataRetention: true,
  dataAgreement: true,
  dataAcceptedBy: true,
  owner: { select: { deactivatedAt: true } },
} as const

type Selected = {
  id: string
  slug: string
  purpose: string
  ownerId: string
  teamId: string
  environment: string
  reviewDate: Date
  state: string
  dataProvider: string | null
  dataRegion: string | null
  dataRetention: string | null
  dataAgreement: string | null
  dataAcceptedBy: string | null
  owner: { deactivatedAt: Date | null }
}

/** One agent by its name, or null. */
export async function agentBySlug(db: Db, slug: string): Promise<AgentRow | null> {
  const row = await db.agent.findUnique({ where: { slug }, select: selected })
  return row === null ? null : toRow(row)
}

/** One agent by its id, or null. */
export async function agentById(db: Db, id: string): Promise<AgentRow | null> {
  const row = await db.agent.findUnique({ where: { id }, select: selected })
  return row === null ? null : toRow(row)
}

// The checks of the table hold `state` and `environment` to the words of the rule.
function toRow(row: Selected): AgentRow {
  return {
    id: row.id,
    slug: row.slug,
    purpose: row.purpose,
    ownerId: row.ownerId,
    ownerActive: row.owner.deactivatedAt === null,
    teamId: row.teamId,
    environment: row.environment as Environment,
    reviewDate: row.reviewDate.toISOString().slice(0, 10),
    state: row.state as AgentState,
    data: {
      provider: row.dataProvider,
      region: row.dataRegion,
      retention: row.dataRetention,
      agreement: row.dataAgreement,
      acceptedBy: row.dataAcceptedBy,
    },
  }
}

export type NewAgent = {
  id: string
  slug: string
  purpose: string
  ownerId: string
  teamId: string
  environment: Environment
  reviewDate: string
  data: {
    provider?: string
    region?: string
    retention?: string
    agreement?: string
    acceptedBy?: string
    acceptedAt?: Date
  }
}

/** Inserts an agent in state *registered*; its owner registered it. False when its name was taken in the meantime. */
export async function insertAgent(db: Db, agent: NewAgent): Promise<boolean> {
  try {
    await createAgent(db, agent)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false
    throw error
  }
}

// Prisma's code for a unique constraint: the only one of the table besides the new id is on the name.
const UNIQUE_VIOLATION = 'P2002'

async function createAgent(db: Db, agent: NewAgent): Promise<void> {
  await db.agent.create({
    data: {
      id: agent.id,
      slug: agent.slug,
      purpose: agent.purpose,
      ownerId: agent.ownerId,
      registeredBy: agent.ownerId,
      teamId: agent.teamId,
      environment: agent.environment,
      reviewDate: new Date(`${agent.reviewDate}T00:00:00Z`),
      dataProvider: agent.data.provider,
      dataRegion: agent.data.region,
      dataRetention: agent.data.retention,
      dataAgreement: agent.data.agreement,
      dataAcceptedBy: agent.data.acceptedBy,
      dataAcceptedAt: agent.data.acceptedAt,
    },
  })
}

/** Writes where an agent's data goes and who accepted that. */
export async function writeData(
  db: Db,
  id: string,
  data: {
    provider: string
    region: string
    retention: string
    agreement: string
    acceptedBy: string
    acceptedAt: Date
  },
): Promise<void> {
  await db.agent.update({
    where: { id },
    data: {
      dataProvider: data.provider,
      dataRegion: data.region,
      dataRetention: data.retention,
      dataAgreement: data.agreement,
      dataAcceptedBy: data.acceptedBy,
      dataAcceptedAt: data.acceptedAt,
    },
    select: { id: true },
  })
}

/** A credential with what `POST /oauth/token` asks about its agent. */
export type CredentialRow = CredentialTimes & {
  id: string
  agentId: string
  secretHash: Uint8Array | null
  lastUsedAt: Date | null
  agent: { id: string; slug: string; state: AgentState; teamId: string; environment: string }
}

/** A credential by its client id, or null; uses `credential_client_id_key`. */
export async function credentialByClientId(db: Db, clientId: string): Promise<CredentialRow | null> {
  const row = await db.credential.findUnique({
    where: { clientId },
    select: {
      id: true,
      agentId: true,
      secretHash: true,
      expiresAt: true,
      revokedAt: true,
      lastUsedAt: true,
      agent: { select: { id: true, slug: true, state: true, teamId: true, environment: true } },
    },
  })
  return row === null ? null : { ...row, agent: { ...row.agent, state: row.agent.state as AgentState } }
}

/** Notes when a credential was last used, at most once a minute: it says "in use", it is no log. */
export async function touchCredential(db: Db, id: string, now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE credential SET last_used_at = ${now}
    WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < ${new Date(now.getTime() - 60_000)})`
}

/** Inserts a credential; its secret is known by its hash alone. */
export async function insertCredential(
  db: Db,
  row: { id: string; agentId: string; clientId: string; secretHash: Buffer; createdBy: string },
): Promise<void> {
  await db.credential.create({ data: { ...row, secretHash: new Uint8Array(row.secretHash) } })
}

/** One credential of an agent with what its state is derived from, or null. */
export async function credentialOf(
  db: Db,
  agentId: string,
  credentialId: string,
): Promise<(CredentialTimes & { id: string; clientId: string }) | null> {
  return db.credential.findFirst({
    where: { id: credentialId, agentId },
    select: { id: true, clientId: true, expiresAt: true, revokedAt: true },
  })
}

/** How many credentials of its own authenticate an agent at a moment. */
export async function countUsableCredentials(db: Db, agentId: string, now: Date): Promise<number> {
  return db.credential.count({
    where: {
      agentId,
      revokedAt: null,
      enforcementPointId: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
  })
}

/**
 * Waits for whoever else makes something for this agent, until this transaction ends, and answers its state. The app may not
 * lock the row itself, which only the gate may change, hence an advisory lock on its id.
 */
export async function lockAgent(db: Db, agentId: string): Promise<AgentState | null> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`agent:${agentId}`}, 0))`
  const row = await db.agent.findUnique({ where: { id: agentId }, select: { state: true } })
  return (row?.state ?? null) as AgentState | null
}

export async function teamExists(db: Db, id: string): Promise<boolean> {
  return (await db.team.count({ where: { id } })) > 0
}

/** Whether a person may answer for an agent: active, and no auditor. */
export async function mayOwn(db: Db, personId: string): Promise<boolean> {
  const person = await db.person.findUnique({ where: { id: personId }, select: { deactivatedAt: true, roles: true } })
  return person !== null && person.deactivatedAt === null && !person.roles.includes('auditor')
}

/** The organisation's time zone; UTC before the first run is over. */
export async function timeZone(db: Db): Promise<string> {
  const row = await db.organisation.findUnique({ where: { id: 1 }, select: { timeZone: true } })
  return row?.timeZone ?? 'UTC'
}
