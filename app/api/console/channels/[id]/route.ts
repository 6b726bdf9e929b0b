import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { editChannel } from '@/lib/notify/make-channel'
import { channelParams, editChannelInput } from '@/lib/notify/notification-contract'

/** Changes a channel. */
export const POST = handle(
  { permission: 'channel.manage', params: channelParams, input: editChannelInput },
  ({ db, actor, input, params }) => editChannel(db, actor, parsePublicId('channel', params.id), input),
  { then: () => paths.channels(), say: () => ({ text: 'The channel is changed.' }) },
)
