import { z } from 'zod'
import { readExactFile } from '@/lib/decisions/read-exact'
import { plainFile } from '@/lib/http/plain-file'
import { handle } from '@/lib/http/handle'

/**
 * What a request's digest was computed over, as a file whose SHA-256 is the digest; with `?at=` and a JSON pointer into the arguments,
 * one text of them as it was sent. Whatever an agent put in it, it is saved and never shown by the browser.
 */
export const GET = handle(
  {
    permission: 'console.read',
    params: z.strictObject({ id: z.string() }),
    input: z.strictObject({ at: z.string().startsWith('/').max(2_000).optional() }),
  },
  async ({ db, actor, params, input, now }) => {
    const { bytes, name } = await readExactFile(db, actor, params.id, input.at, now)
    return plainFile(bytes, name)
  },
)
