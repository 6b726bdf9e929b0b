import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { protectInput } from '@/lib/resources/contract'
import { protectResource } from '@/lib/resources/protect'

/** Marks a resource as protected: from now on every agent's change of it asks a person. */
export const POST = handle(
  { permission: 'resource.protect', input: protectInput, transaction: false },
  ({ db, actor, input }) => protectResource(db, actor, input),
  {
    then: ({ type, name }) => paths.resource(type, name),
    say: () => ({ text: 'It is protected. Every agent’s change of it asks a person from now on.' }),
    back: () => `${paths.resources()}?act=protect`,
  },
)
