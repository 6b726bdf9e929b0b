import { markInput } from '@/lib/audit/data-contract'
import { markSensitive, unmarkSensitive } from '@/lib/audit/mark-sensitive'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Marks tools, a type of resource or an agent as sensitive, or takes the mark away. */
export const POST = handle(
  { permission: 'payload.govern', input: markInput },
  async ({ db, actor, input: { kind, value, remove } }) => {
    if (remove) await unmarkSensitive(db, actor.id, kind, value)
    else await markSensitive(db, actor.id, kind, value)
    return {}
  },
  { then: () => paths.data(), say: () => ({ text: 'Saved, and it is an entry.' }) },
)
