import type { Db } from '@/lib/db/client'
import type { CosignedChange } from './co-signature'
import { inOrder, type Role } from './role'

export type PersonRow = {
  id: string
  name: string
  email: string
  roles: Role[]
  team: { id: string; name: string } | null
  onCall: boolean
  agents: number
  joinedAt: Date
  deactivatedAt: Date | null
  deactivatedBy: string | null
  /** when they were last seen; null: never */
  lastSeenAt: Date | null
}

type Raw = Omit<PersonRow, 'team' | 'roles'> & { roles: Role[]; teamId: string | null; teamName: string | null }

/** Everybody with an account, the active first, by name; or the one of an id. */
export async function listPeople(db: Db, only?: string): Promise<PersonRow[]> {
  const rows = await db.$queryRaw<Raw[]>`
    SELECT p.id, p.name, p.email, p.roles, p.team_id AS "teamId", t.name AS "teamName", p.created_at AS "joinedAt",
      p.deactivated_at AS "deactivatedAt", by.name AS "deactivatedBy",
      (SELECT count(*)::int FROM agent a WHERE a.owner_id = p.id AND a.state <> 'retired') AS agents,
      (SELECT max(s.last_seen_at) FROM session s WHERE s.person_id = p.id) AS "lastSeenAt",
      p.deactivated_at IS NULL AND EXISTS (
        SELECT FROM on_call_shift c WHERE c.person_id = p.id AND c.starts_at <= now() AND (c.ends_at IS NULL OR c.ends_at > now())
      ) AS "onCall"
    FROM person p LEFT JOIN team t ON t.id = p.team_id LEFT JOIN person by ON by.id = p.deactivated_by
    WHERE ${only ?? null}::uuid IS NULL OR p.id = ${only ?? null}::uuid
    ORDER BY p.deactivated_at IS NOT NULL, lower(p.name), p.id`
  return rows.map(({ teamId, teamName, roles, ...rest }) => ({
    ...rest,
    roles: inOrder(roles),
    team: teamId === null ? null : { id: teamId, name: teamName ?? '' },
  }))
}

/** One person, or undefined. */
export async function readPerson(db: Db, id: string): Promise<PersonRow | undefined> {
  const [person] = await listPeople(db, id)
  return person
}

/** Who may be chosen for something: everybody whose account is active, by name. */
export async function activePeople(db: Db): Promise<{ id: string; name: string; roles: Role[] }[]> {
  const people = await db.person.findMany({
    where: { deactivatedAt: null },
    select: { id: true, name: true, roles: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return people.map((person) => ({ ...person, roles: inOrder(person.roles as Role[]) }))
}

export type InvitationRow = {
  id: string
  name: string
  email: string
  roles: Role[]
  invitedBy: string
  expiresAt: Date
}

/** Links to join that still work, the newest first. */
export async function openInvitations(db: Db, now: Date): Promise<InvitationRow[]> {
  const rows = await db.$queryRaw<InvitationRow[]>`
    SELECT i.id, coalesce(i.name, '') AS name, coalesce(i.email, '') AS email, i.roles, p.name AS "invitedBy", i.expires_at AS "expiresAt"
    FROM invitation i JOIN person p ON p.id = i.invited_by
    WHERE i.kind = 'join' AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > ${now} AND p.deactivated_at IS NULL
    ORDER BY i.id DESC`
  return rows.map((row) => ({ ...row, roles: inOrder(row.roles) }))
}

export type WaitingChange = {
  id: string
  change: CosignedChange
  reason: string
  person: { id: string; name: string; email: string }
  requestedBy: { id: string; name: string }
  requestedAt: Date
}

/** What waits for a ciso's co-signature, the oldest first; of one person if named. */
export async function waitingChanges(db: Db, personId?: string): Promise<WaitingChange[]> {
  const open = await db.personChange.findMany({
    where: { answer: null, personId },
    include: {
      person: { select: { id: true, name: true, email: true } },
      requester: { select: { id: true, name: true } },
    },
    orderBy: { requestedAt: 'asc' },
  })
  return open.map(({ id, change, reason, person, requester, requestedAt }) => ({
    id,
    change: change as CosignedChange,
    reason,
    person,
    requestedBy: requester,
    requestedAt,
  }))
}

/** The teams, by name, with how many people and agents each has. */
export async function listTeams(db: Db): Promise<{ id: string; name: string; people: number; agents: number }[]> {
  const teams = await db.team.findMany({
    include: {
      _count: {
        select: { people: { where: { deactivatedAt: null } }, agents: { where: { state: { not: 'retired' } } } },
      },
    },
    orderBy: { name: 'asc' },
  })
  return teams.map(({ id, name, _count }) => ({ id, name, people: _count.people, agents: _count.agents }))
}

/** The organisation, or undefined before the first run. */
export async function readOrganisation(
  db: Db,
): Promise<{ name: string; timeZone: string; inboxPerAgent: number; inboxMost: number } | undefined> {
  const select = { name: true, timeZone: true, inboxPerAgent: true, inboxMost: true }
  const found = await db.organisation.findUnique({ where: { id: 1 }, select })
  return found ?? undefined
}

export type FirstSteps = { ciso: boolean; analysts: number; onCall: boolean; agents: number }

/** How far an installation is on its way from one administrator to a governed agent. */
export async function readFirstSteps(db: Db): Promise<FirstSteps> {
  const [row] = await db.$queryRaw<FirstSteps[]>`
    SELECT
      EXISTS (SELECT FROM person WHERE 'ciso' = ANY(roles) AND deactivated_at IS NULL) AS ciso,
      (SELECT count(*)::int FROM person WHERE 'analyst' = ANY(roles) AND deactivated_at IS NULL) AS analysts,
      EXISTS (
        SELECT FROM on_call_shift c JOIN person p ON p.id = c.person_id
        WHERE p.deactivated_at IS NULL AND c.starts_at <= now() AND (c.ends_at IS NULL OR c.ends_at > now())
      ) AS "onCall",
      (SELECT count(*)::int FROM agent) AS agents`
  return row ?? { ciso: false, analysts: 0, onCall: false, agents: 0 }
}
