/**
 * An answer that is a file, made while it is read: the next piece is asked for when the last was taken (back-pressure), and a reader
 * who goes away ends the making of it. Its length is not known before its end.
 */
export function fileAnswer(pieces: AsyncGenerator<Uint8Array>, file: { name: string; type: string }): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await pieces.next()
        if (next.done) controller.close()
        else controller.enqueue(next.value)
      },
      cancel: async () => {
        await pieces.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'cache-control': 'no-store',
      'content-type': file.type,
      'content-disposition': `attachment; filename="${file.name}"`,
      'x-content-type-options': 'nosniff',
    },
  })
}
