import { handle } from '@/lib/http/handle'
import { organisationInput } from '@/lib/people/contract'
import { editOrganisation } from '@/lib/people/edit-organisation'

/** Changes the organisation's name and time zone. */
export const POST = handle(
  { permission: 'settings.edit', input: organisationInput },
  ({ db, actor, input }) => editOrganisation(db, actor, { name: input.organisation, timeZone: input.timeZone }),
  { then: (_, { page }) => page, say: () => ({ text: 'Saved.' }) },
)
