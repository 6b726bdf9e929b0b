import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { dayIn } from './agent'
import { credentialState, type CredentialState } from './credential'
import { agentBySlug, timeZone, type AgentRow } from './store'

export type { AgentRow } from './store'

/** An agent for whoever acts on it. @throws Fault `not_found` */
export async function agentNamed(db: Db, slug: string): Promise<AgentRow> {
  const agent = await agentBySlug(db, slug)
  if (agent === null) throw fault('not_found', { detail: `There is no agent called ${slug.slice(0, 63)}.` })
  return agent
}

/** An agent as its page shows it: with names, and what it was registered with. */
export type AgentDetail = AgentRow & {
  owner: { id: string; name: string; active: boolean }
  team: string
  registeredBy: { id: string; name: string }
  createdAt: Date
  stateReason: string
  stateAt: Date
  dataAcceptedBy: { id: string; name: string } | null
  dataAcceptedAt: Date | null
}

/** One agent with everything about it, or null. */
export async function agentDetail(db: Db, slug: string): Promise<AgentDetail | null> {
  const agent = await agentBySlug(db, slug)
  if (agent === null) return null
  const row = await db.agent.findUniqueOrThrow({
    where: { id: agent.id },
    select: {
      stateReason: true,
      stateAt: true,
      createdAt: true,
      registeredBy: true,
      dataAcceptedAt: true,
      owner: { select: { id: true, name: true, deactivatedAt: true } },
      team: { select: { name: true } },
      accepted: { select: { id: true, name: true } },
    },
  })
  const registrar = await db.person.findUnique({ where: { id: row.registeredBy }, select: { id: true, name: true } })
  return {
    ...agent,
    owner: { id: row.owner.id, name: row.owner.name, active: row.owner.deactivatedAt === null },
    team: row.team.name,
    registeredBy: registrar ?? { id: row.registeredBy, name: 'somebody' },
    createdAt: row.createdAt,
    stateReason: row.stateReason,
    stateAt: row.stateAt,
    dataAcceptedBy: row.accepted,
    dataAcceptedAt: row.dataAcceptedAt,
  }
}

/** A credential on an agent's page. Its secret is nowhere. */
export type ListedCredential = {
  id: string
  publicId: string
  clientId: string
  state: CredentialState
  createdAt: Date
  createdBy: string
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
  /** the enforcement point that asks with it; null where it has a secret of its own */
  point: { id: string; name: string } | null
}

/** The credentials of an agent, newest first. */
export async function credentialsOf(db: Db, agentId: string, now: Date): Promise<ListedCredential[]> {
  const rows = await db.credential.findMany({
    where: { agentId },
    orderBy: { createdAt: 'desc' },
    take: 50,
    select: {
      id: true,
      clientId: true,
      createdAt: true,
      createdBy: true,
      expiresAt: true,
      revokedAt: true,
      lastUsedAt: true,
      enforcementPoint: { select: { id: true, name: true, lastUsedAt: true } },
    },
  })
  const people = await db.person.findMany({
    where: { id: { in: rows.map(({ createdBy }) => createdBy) } },
    select: { id: true, name: true },
  })
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return rows.map(({ enforcementPoint: point, ...row }) => ({
    ...row,
    point: point && { id: point.id, name: point.name },
    publicId: publicId('credential', row.id),
    createdBy: names.get(row.createdBy) ?? 'somebody',
    state: credentialState(row, now),
  }))
}

/** A choice in a form: value and words. */
export type Choice = readonly [value: string, words: string]

/** The teams an agent can belong to, by name. */
export async function teamChoices(db: Db): Promise<Choice[]> {
  const teams = await db.team.findMany({ orderBy: { name: 'asc' }, select: { id: true, name: true } })
  return teams.map(({ id, name }) => [id, name] as const)
}

/** Who may answer for an agent: active people who are no auditors, by name. */
export async function ownerChoices(db: Db): Promise<Choice[]> {
  const people = await db.person.findMany({
    where: { deactivatedAt: null, NOT: { roles: { has: 'auditor' } } },
    orderBy: { name: 'asc' },
    select: { id: true, name: true, email: true },
  })
  return people.map(({ id, name, email }) => [id, `${name} (${email})`] as const)
}

/** Today, as the organisation's calendar says: what review dates are judged by. */
export async function today(db: Db, now: Date): Promise<string> {
  return dayIn(await timeZone(db), now.getTime())
}

/** Who suspended an agent, from the ledger: whether its owner alone may resume it depends on that. */
export async function suspendedBy(db: Db, agentId: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ person: string | null }[]>`
    SELECT person_id::text AS person FROM ledger.entry
    WHERE agent_id = ${agentId}::uuid AND kind = 'agent.suspended' ORDER BY id DESC LIMIT 1`
  return row?.person ?? null
}

/** What the permission table is asked about an agent. @throws Fault `not_found` */
export async function agentSubject(db: Db, slug: string): Promise<{ ownerId: string; ownerGone: boolean }> {
  const agent = await agentNamed(db, slug)
  return { ownerId: agent.ownerId, ownerGone: !agent.ownerActive }
}

/** The names of the agents that are not retired, for choices. */
export async function agentSlugs(db: Db): Promise<string[]> {
  const rows = await db.agent.findMany({
    where: { state: { not: 'retired' } },
    orderBy: { slug: 'asc' },
    select: { slug: true },
  })
  return rows.map(({ slug }) => slug)
}
