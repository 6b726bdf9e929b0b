import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { parsePublicId } from '@/lib/core/ids'
import { sessionConfig } from '@/lib/people/session-config'
import { streamParams } from '@/lib/notify/contract'
import { testStream } from '@/lib/notify/test-stream'

/** Sends one test event now. Not in a transaction: a receiver may take ten seconds. */
export const POST = handle(
  { permission: 'stream.manage', params: streamParams, transaction: false },
  ({ db, actor, params, now }) => {
    const { hostname } = new URL(sessionConfig().publicUrl)
    return testStream(db, actor, parsePublicId('stream', params.id), hostname, now)
  },
  { then: (_, { params }) => paths.streamAt(params.id), say: ({ says }) => ({ text: says }) },
)
