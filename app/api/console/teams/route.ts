import { handle } from '@/lib/http/handle'
import { teamInput } from '@/lib/people/contract'
import { createTeam } from '@/lib/people/edit-organisation'
import { listTeams } from '@/lib/people/read'

/** The teams. */
export const GET = handle({ permission: 'person.read' }, async ({ db }) => ({ teams: await listTeams(db) }))

/** Makes a team. */
export const POST = handle(
  { permission: 'team.edit', input: teamInput },
  async ({ db, actor, input, now }) => ({ id: await createTeam(db, actor, input.name, now) }),
  { then: (_, { page }) => page, say: (_, { input }) => ({ text: `The team ${input.name} is made.` }) },
)
