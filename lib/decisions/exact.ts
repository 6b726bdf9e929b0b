import { sha256 } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'
import { publicId } from '@/lib/core/ids'
import type { Attributes } from './contract'
import { digestedBytes } from './digest'

/** What an action's digest was computed over, for whoever computes it again. */
export type Exact = {
  /** how large it is, in bytes of UTF-8 */
  bytes: number
  /** the canonical JSON itself (RFC 8785, salt included); null where it is too large to be put on a page */
  text: string | null
  /** base64url of 16 bytes: without it nobody could guess what was digested */
  salt: string
  /** its SHA-256 is the digest the request carries. False: what is stored is not what was asked, and nobody should decide on it. */
  matches: boolean
}

/** More than this is downloaded and not shown. */
const MOST_SHOWN = 48 * 1024

/** Where an action came from, besides what it says of itself: bare UUIDs, and the boundary's `sha256:…`. */
export type Origin = { agentId: string; runId: string | null; boundary: string | null }

/**
 * The bytes an action was digested as, rebuilt from its opened payload; null where the payload is of no form we know.
 * @param payload an opened payload of an `action.decided` entry
 */
export function exactBytes(payload: unknown, { agentId, runId, boundary }: Origin): Buffer | null {
  if (!isObject(payload) || typeof payload.tool !== 'string' || typeof payload.salt !== 'string') return null
  if (!isObject(payload.arguments)) return null
  const { tool, salt, arguments: args, resource, requester, attributes } = payload
  return digestedBytes(
    {
      agent: publicId('agent', agentId),
      tool,
      arguments: args as JsonObject,
      resource: named(resource),
      requester: named(requester),
      run: runId === null ? null : publicId('run', runId),
      boundary,
      ...(isObject(attributes) && { attributes: attributes as Attributes }), // as it was digested
    },
    salt,
  )
}

/** What a page says of those bytes. @param digest of the request, 32 bytes */
export function exactOf(payload: unknown, origin: Origin, digest: Uint8Array): Exact | null {
  const bytes = exactBytes(payload, origin)
  if (bytes === null || !isObject(payload)) return null
  return {
    bytes: bytes.length,
    text: bytes.length > MOST_SHOWN ? null : bytes.toString('utf8'),
    salt: String(payload.salt),
    matches: sha256(bytes).equals(digest),
  }
}

function named(value: unknown): { type: string; id: string } | null {
  return isObject(value) && typeof value.type === 'string' && typeof value.id === 'string'
    ? { type: value.type, id: value.id }
    : null
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
