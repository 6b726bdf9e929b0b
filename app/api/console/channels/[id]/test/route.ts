import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { channelParams } from '@/lib/notify/notification-contract'
import { testChannel } from '@/lib/notify/test-channel'
import { sessionConfig } from '@/lib/people/session-config'

/** Sends one test now. Not in a transaction: a receiver may take its time. */
export const POST = handle(
  { permission: 'channel.manage', params: channelParams, transaction: false },
  ({ db, actor, params, now }) =>
    testChannel(db, actor, parsePublicId('channel', params.id), sessionConfig().publicUrl, now),
  { then: () => paths.channels(), say: ({ says }) => ({ text: says }) },
)
