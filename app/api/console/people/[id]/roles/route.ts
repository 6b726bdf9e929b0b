import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { changeRoles } from '@/lib/people/change-roles'
import { idParams, rolesInput } from '@/lib/people/contract'

/** Changes somebody's roles. The role of ciso waits for another ciso. */
export const POST = handle(
  {
    permission: 'person.change_roles',
    params: idParams,
    input: rolesInput,
    subject: ({ params }) => ({ personId: params.id }),
  },
  ({ db, actor, params, input, now }) => changeRoles(db, actor, params.id, input, now),
  {
    then: (_, { params }) => paths.person(publicId('person', params.id)),
    say: ({ waits }) => ({
      text: waits ? 'The role of ciso waits for a ciso’s co-signature; the rest is changed.' : 'The roles are changed.',
    }),
  },
)
