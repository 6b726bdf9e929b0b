import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { sourceParams } from '@/lib/halt/contract'
import { revokeSource } from '@/lib/halt/manage-sources'
import { handle } from '@/lib/http/handle'

/** Ends a source at once. */
export const POST = handle(
  { permission: 'halt_source.manage', params: sourceParams },
  ({ db, actor, params, now }) => revokeSource(db, actor.id, parsePublicId('source', params.id), now),
  {
    then: () => paths.haltSources(),
    say: () => ({ text: 'The source is revoked. Halts it engaged stand until people lift them.' }),
  },
)
