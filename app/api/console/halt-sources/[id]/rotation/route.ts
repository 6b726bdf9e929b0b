import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { sourceParams } from '@/lib/halt/contract'
import { rotateSource } from '@/lib/halt/manage-sources'
import { handle } from '@/lib/http/handle'

/** A new secret for a source, answered this once; the old one is taken for a day yet. */
export const POST = handle(
  { permission: 'halt_source.manage', params: sourceParams },
  ({ db, actor, params, now }) => rotateSource(db, actor.id, parsePublicId('source', params.id), now),
  {
    then: () => paths.haltSources(),
    say: ({ secret }) => ({
      text: 'Its new secret, shown only now. The old one is taken for 24 hours yet.',
      secret,
    }),
  },
)
