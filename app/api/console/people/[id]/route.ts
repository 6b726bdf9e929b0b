import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { editPersonInput, idParams } from '@/lib/people/contract'
import { editPerson } from '@/lib/people/edit-person'
import { readPerson } from '@/lib/people/read'
import { agentsOwned } from '@/lib/people/read-owned'

/** One person, and the agents they answer for. */
export const GET = handle({ permission: 'person.read', params: idParams }, async ({ db, params }) => {
  const person = await readPerson(db, params.id)
  if (person === undefined) throw fault('not_found')
  return { person, agents: await agentsOwned(db, params.id) }
})

/** Changes somebody's name and team. */
export const POST = handle(
  { permission: 'person.change_roles', params: idParams, input: editPersonInput },
  ({ db, actor, params, input }) => editPerson(db, actor, params.id, input),
  { then: (_, { params }) => paths.person(publicId('person', params.id)), say: () => ({ text: 'Saved.' }) },
)
