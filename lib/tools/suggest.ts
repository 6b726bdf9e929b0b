import type { JsonObject } from '@/lib/core/json'
import type { ToolClass } from './tool'

/**
 * The class that the annotations of a tool would suggest (MCP 2025-06-18, "Tool annotations"), with the defaults of that
 * specification, which are the cautious ones: not read-only, destructive, open to the world. A suggestion and no more: the server
 * that wrote them may lie, so nothing is decided by it. null where there are no annotations.
 */
export function suggestedClass(annotations: JsonObject | null): ToolClass | null {
  if (annotations === null) return null
  const { readOnlyHint, destructiveHint, openWorldHint } = annotations
  if (![readOnlyHint, destructiveHint, openWorldHint].some((hint) => typeof hint === 'boolean')) return null
  const audience = openWorldHint === false ? 'internal' : 'external'
  if (readOnlyHint === true) return { access: 'read', audience }
  return { access: 'write', reversible: destructiveHint === false, audience }
}
