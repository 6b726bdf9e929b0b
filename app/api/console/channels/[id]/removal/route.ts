import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { removeChannel } from '@/lib/notify/make-channel'
import { channelParams } from '@/lib/notify/notification-contract'

/** Ends a channel for good. */
export const POST = handle(
  { permission: 'channel.manage', params: channelParams },
  ({ db, actor, params }) => removeChannel(db, actor, parsePublicId('channel', params.id)),
  { then: () => paths.channels(), say: () => ({ text: 'The channel is removed. What it did stays in the ledger.' }) },
)
