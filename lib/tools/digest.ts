import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import type { JsonObject } from '@/lib/core/json'

/** What a server says of one of its tools; hostile text until a person has read it. */
export type ToolDescription = { name: string; description?: string; schema?: JsonObject | boolean }

/**
 * The digest of what a person confirmed: a server that later changes the words or the schema of a tool gets another
 * digest, and the confirmation no longer counts (`sha256:` over RFC 8785 bytes).
 */
export function toolDigest(tool: ToolDescription): string {
  return digestText(
    sha256(canonicalBytes({ name: tool.name, description: tool.description ?? null, schema: tool.schema ?? null })),
  )
}
