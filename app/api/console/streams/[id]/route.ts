import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { editStreamInput, streamParams } from '@/lib/notify/contract'
import { editStream } from '@/lib/notify/edit-stream'
import { publicStream, readStream } from '@/lib/notify/read'
import { can } from '@/lib/people/permission'

/** One stream, how far it is, and what people skipped; no secret. */
export const GET = handle({ permission: 'stream.read', params: streamParams }, async ({ db, actor, params, now }) => {
  const stream = await readStream(db, parsePublicId('stream', params.id), now)
  if (stream === null) throw fault('not_found')
  return { stream: publicStream(stream, can(actor, 'stream.manage').ok) }
})

/** Changes a stream; a secret that is left blank stays. */
export const POST = handle(
  { permission: 'stream.manage', input: editStreamInput, params: streamParams },
  ({ db, actor, input, params }) => editStream(db, actor, parsePublicId('stream', params.id), input),
  { then: (_, { params }) => paths.streamAt(params.id), say: () => ({ text: 'The stream is changed and goes on.' }) },
)
