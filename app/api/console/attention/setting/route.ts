import { paths } from '@/lib/core/paths'
import { attentionInput } from '@/lib/decisions/attention-contract'
import { governAttention } from '@/lib/decisions/govern-attention'
import { handle } from '@/lib/http/handle'

/** Says from when on figures about approvals are a finding. */
export const POST = handle(
  { permission: 'attention.govern', input: attentionInput },
  ({ db, actor, input, now }) => governAttention(db, actor, input, now),
  { then: () => paths.attention(), say: () => ({ text: 'Saved. The figures are read with it from now on.' }) },
)
