/**
 * Hostile bytes as a file: saved and not shown, taken for plain text and nothing else, and without an origin of its own should
 * somebody open it in a tab all the same (`DATA_POLICY`).
 * @param name of characters a header takes: letters, digits and `. _ -`
 */
export function plainFile(bytes: Uint8Array, name: string): Response {
  return new Response(new Uint8Array(bytes), {
    headers: {
      'cache-control': 'no-store',
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename="${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}"`,
      'x-content-type-options': 'nosniff',
    },
  })
}
