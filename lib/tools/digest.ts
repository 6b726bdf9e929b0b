import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'

/** What a server says of one of its tools; hostile text until a person has read it. */
export type ToolDescription = {
  title: string
  description: string
  schema: JsonObject | boolean | null
  annotations: JsonObject | null
}

/**
 * The digest of what a person confirms: a server that later changes the words, the schema or the annotations of a tool gets another
 * digest, and the confirmation no longer counts. 32 bytes: SHA-256 (FIPS 180-4) over RFC 8785 of exactly these four.
 */
export function toolDigest({ title, description, schema, annotations }: ToolDescription): Buffer {
  return sha256(canonicalBytes({ title, description, schema, annotations }))
}
