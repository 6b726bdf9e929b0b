import { z } from 'zod'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { editResourceInput } from '@/lib/resources/contract'
import { editResource } from '@/lib/resources/edit'
import { resourceSubject } from '@/lib/resources/read'

/** Changes what is said of a protected resource, who answers for it, and whose reports count. */
export const POST = handle(
  {
    permission: 'resource.edit',
    params: z.strictObject({ id: z.uuid() }),
    input: editResourceInput,
    subject: ({ db, params }) => resourceSubject(db, params.id),
  },
  ({ db, actor, params, input }) => editResource(db, actor, params.id, input),
  {
    then: ({ type, name }) => paths.resource(type, name),
    say: () => ({ text: 'Saved, and recorded.' }),
  },
)
