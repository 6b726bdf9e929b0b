import { spelledOut } from '@/lib/core/hostile'
import { row } from '../shared/help'

export type ListedAgent = {
  slug: string
  purpose: string
  state: string
  environment: string
  team: string
  owner: { name: string; active: boolean }
  reviewDate: string
  boundary: { version: number; lapsesAt: number } | null
  draft: number | null
  waiting: number
}
export type ShownAgent = {
  slug: string
  purpose: string
  state: string
  stateReason: string | null
  environment: string
  team: string
  owner: { name: string; active: boolean }
  reviewDate: string
  dataAcceptedBy: { name: string } | null
}
export type ShownCredential = {
  publicId: string
  clientId: string
  state: string
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

/** A line an agent, the columns as wide as they need to be. */
export function listText(agents: readonly ListedAgent[]): string {
  if (agents.length === 0) return 'There is none.\n'
  const lines = [
    ['AGENT', 'STATE', 'BOUNDARY', 'WAITING', 'ENVIRONMENT', 'TEAM', 'OWNER', 'REVIEW'],
    ...agents.map(({ slug, state, boundary, draft, waiting, environment, team, owner, reviewDate }) => [
      ...[slug, state, boundaryWords(boundary, draft), String(waiting), environment, spelledOut(team)],
      ...[`${spelledOut(owner.name)}${owner.active ? '' : ' (gone)'}`, reviewDate],
    ]),
  ]
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)))
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function boundaryWords(boundary: ListedAgent['boundary'], draft: number | null): string {
  const drafted = draft === null ? '' : `, draft ${String(draft)}`
  if (boundary === null) return `unsigned${drafted}`
  return `v${String(boundary.version)}${drafted}`
}

/** One agent, a line a fact. */
export function agentText(agent: ShownAgent, credentials: readonly ShownCredential[]): string {
  return [
    row('agent', agent.slug),
    row('purpose', spelledOut(agent.purpose)),
    row(
      'state',
      `${agent.state}${agent.stateReason === null || agent.stateReason === '' ? '' : `: ${spelledOut(agent.stateReason)}`}`,
    ),
    row('works', `${agent.environment}, for ${spelledOut(agent.team)}`),
    row('owner', `${spelledOut(agent.owner.name)}${agent.owner.active ? '' : ' (gone)'}`),
    row('review', agent.reviewDate),
    row(
      'data',
      agent.dataAcceptedBy === null
        ? 'nobody accepted yet where it goes'
        : `accepted by ${spelledOut(agent.dataAcceptedBy.name)}`,
    ),
    ...credentials.map(({ publicId, clientId, state, expiresAt, lastUsedAt }) =>
      row(
        'credential',
        `${clientId} (${publicId}), ${state}${expiresAt === null ? '' : `, ends ${expiresAt}`}, used ${lastUsedAt ?? 'never'}`,
      ),
    ),
  ].join('')
}
