import { fault } from '@/lib/core/fault'
import { handle } from '@/lib/http/handle'
import { liveStream } from '@/lib/http/live'

/** The browser's live stream: server-sent events that say which topics have something new (`lib/core/live.ts`). */
export const GET = handle({ permission: 'console.read' }, async ({ actor }) => {
  if (actor.via.kind !== 'session')
    throw fault('not_permitted', { detail: 'The live stream is for a signed-in browser.' })
  return new Response(liveStream(actor.via.id), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // nginx would gather events otherwise
      'x-accel-buffering': 'no',
    },
  })
})
