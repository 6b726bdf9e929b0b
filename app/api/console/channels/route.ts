import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { makeChannel } from '@/lib/notify/make-channel'
import { createChannelInput } from '@/lib/notify/notification-contract'
import { listChannels, publicChannel } from '@/lib/notify/read-notifications'

/** Every channel by which people are told, and how it goes; no secret. */
export const GET = handle({ permission: 'channel.read' }, async ({ db, now }) => {
  const { channels, day } = await listChannels(db, now)
  return { channels: channels.map(publicChannel), day }
})

/** Makes a channel. */
export const POST = handle(
  { permission: 'channel.manage', input: createChannelInput },
  async ({ db, actor, input, now }) => {
    const { id } = await makeChannel(db, actor, input, now)
    return { id: publicId('channel', id) }
  },
  {
    then: () => paths.channels(),
    say: () => ({ text: 'The channel is made. Send a test to see that it arrives.' }),
    back: (values) => paths.channels({ make: typeof values.kind === 'string' ? values.kind : 'slack' }),
  },
)
