import { fault } from '@/lib/core/fault'
import { parseJson } from '@/lib/core/json'
import { parseForm } from './form'

/** The most a request to the console may carry, in bytes. */
export const LARGEST_BODY = 1_048_576

/** What a request said, and how it said it: a plain form is answered with a redirect, everything else with JSON. */
export type Body = { kind: 'json' | 'form'; value: unknown }

/**
 * Reads a body while counting it: Next itself would take 40 MB (stack.md). Nothing is parsed before all of it is known to
 * be small enough.
 * @throws Fault `too_large`, `unsupported_media_type`, `invalid_json`, `invalid_request`
 */
export async function readBody(request: Request): Promise<Body> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') {
    const bytes = await readBytes(request)
    return { kind: 'json', value: bytes.length === 0 ? {} : parseJson(bytes) }
  }
  if (type === 'application/x-www-form-urlencoded')
    return { kind: 'form', value: parseForm((await readBytes(request)).toString('utf8')) }
  if (type === '' && (await readBytes(request)).length === 0) return { kind: 'json', value: {} }
  throw fault('unsupported_media_type', { detail: 'Send application/json, or a plain form.' })
}

/** The bytes of a body that is at most 16 KB, for a library that parses by itself. @throws Fault `too_large` */
export function readSmall(request: Request): Promise<Buffer> {
  return readBytes(request, 16_384)
}

async function readBytes(request: Request, most = LARGEST_BODY): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge(most)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body?.getReader()
  const next = async () => reader?.read().catch(brokenOff)
  for (let read = await next(); read && !read.done; read = await next()) {
    size += read.value.byteLength
    if (size > most) {
      await reader?.cancel()
      throw tooLarge(most)
    }
    chunks.push(read.value)
  }
  return Buffer.concat(chunks)
}

/** A browser that closes a page in the middle of what it sends is no failure of ours. */
function brokenOff(cause: unknown): never {
  throw fault('invalid_request', { detail: 'The request broke off before all of it had come.', cause })
}

const tooLarge = (most: number) => fault('too_large', { detail: `At most ${most} bytes are accepted.` })
