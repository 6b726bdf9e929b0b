import { z } from 'zod'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { unprotectInput } from '@/lib/resources/contract'
import { resourceSubject } from '@/lib/resources/read'
import { unprotectResource } from '@/lib/resources/unprotect'

/** Takes the protection away: agents’ boundaries alone decide from then on. */
export const POST = handle(
  {
    permission: 'resource.unprotect',
    params: z.strictObject({ id: z.uuid() }),
    input: unprotectInput,
    subject: ({ db, params }) => resourceSubject(db, params.id),
    transaction: false,
  },
  ({ db, actor, params, input }) => unprotectResource(db, actor, params.id, input.reason),
  {
    then: ({ type, name }) => paths.resource(type, name),
    say: () => ({ text: 'It is no longer protected. Agents’ boundaries alone decide from now on.' }),
  },
)
