import { handle } from '@/lib/http/handle'
import { paths } from '@/lib/core/paths'
import { publicId } from '@/lib/core/ids'
import { createStreamInput } from '@/lib/notify/contract'
import { createStream } from '@/lib/notify/create-stream'
import { listStreams, publicStream } from '@/lib/notify/read'
import { can } from '@/lib/people/permission'

/** Every stream and how far it is; no secret. */
export const GET = handle({ permission: 'stream.read' }, async ({ db, actor, now }) => {
  const manages = can(actor, 'stream.manage').ok
  return { streams: (await listStreams(db, now)).map((stream) => publicStream(stream, manages)) }
})

/** Makes a stream. A webhook's signing secret is in this answer and in no other. */
export const POST = handle(
  { permission: 'stream.manage', input: createStreamInput },
  async ({ db, actor, input, now }) => {
    const { id, secret } = await createStream(db, actor, input, now)
    return { id: publicId('stream', id), secret }
  },
  {
    then: ({ id }) => paths.streamAt(id),
    say: ({ secret }) =>
      secret === null
        ? { text: 'The stream is made and sends.' }
        : { text: 'The stream is made. Give its receiver this secret: it is shown only now.', secret },
  },
)
