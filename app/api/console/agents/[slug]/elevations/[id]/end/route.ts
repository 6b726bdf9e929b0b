import { agentSubject } from '@/lib/agents/read'
import { elevationEndInput, elevationParams } from '@/lib/boundary/contract'
import { endElevation } from '@/lib/boundary/end-elevation'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Ends an elevation before its time, also for runs that go on. */
export const POST = handle(
  {
    permission: 'elevation.end',
    params: elevationParams,
    input: elevationEndInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  ({ db, actor, params, input, now }) =>
    endElevation(db, actor, parsePublicId('elevation', params.id), input.reason, now),
  {
    then: ({ slug }) => paths.agent(slug),
    say: () => ({ text: 'Ended. What was allowed under it and has not begun is void.' }),
  },
)
