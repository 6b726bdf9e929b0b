import { handle } from '@/lib/http/handle'
import { organisationInput } from '@/lib/people/contract'
import { editOrganisation } from '@/lib/people/edit-organisation'

/** Changes the organisation's name, its time zone and how much may wait in the inbox. */
export const POST = handle(
  { permission: 'settings.edit', input: organisationInput },
  ({ db, actor, input: { organisation: name, ...rest }, now }) => editOrganisation(db, actor, { name, ...rest }, now),
  { then: (_, { page }) => page, say: () => ({ text: 'Saved.' }) },
)
