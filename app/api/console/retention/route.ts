import { retentionInput } from '@/lib/audit/data-contract'
import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { changeRetention } from '@/lib/ledger/change-retention'

/** Says how long the payloads of a class are kept. */
export const POST = handle(
  { permission: 'payload.govern', input: retentionInput },
  async ({ db, actor, input }) => {
    await changeRetention(db, actor.id, input.class, input.days)
    return {}
  },
  { then: () => paths.data(), say: () => ({ text: 'Saved. The job of tonight goes by it.' }) },
)
