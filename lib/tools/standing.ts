import type { JsonObject } from '@/lib/core/json'
import type { CatalogueTool, Surface, ToolClass } from './tool'

/** A tool as the database has it, as far as decisions go. What is not said is null. */
export type StoredTool = {
  [K in keyof ToolClass]-?: ToolClass[K] | null
} & {
  surface: Surface | null
  schema: JsonObject | boolean | null
  confirmed: boolean
  changed: boolean
  /** whether any version of it was ever confirmed */
  before: boolean
}

/**
 * What decisions know of a stored tool: what a person confirmed, and nothing that a server or a file only suggests. Of a changed
 * tool the class and surface confirmed before still count, so that a change never turns a refusal into a question; its schema is
 * the new one, which nobody read, and does not.
 */
export function standingTool(name: string, stored: StoredTool): CatalogueTool {
  const { surface, schema, confirmed, changed, before } = stored
  const counts = confirmed || (changed && before)
  return {
    name,
    class: counts ? classOf(stored) : null,
    ...(counts && surface !== null && { surface, ...(surface === 'commands' && { executes: true }) }),
    ...(confirmed && schema !== null && { schema }),
    ...(changed && { changed: true as const }),
  }
}

/** The class of a row, without what is not said; null where nothing is. */
export function classOf(stored: { [K in keyof ToolClass]-?: ToolClass[K] | null }): ToolClass | null {
  const { access, reversible, audience, production, spends } = stored
  if (access === null) return null
  return {
    access,
    ...(reversible !== null && { reversible }),
    ...(audience !== null && { audience }),
    ...(production !== null && { production }),
    ...(spends !== null && { spends }),
  }
}
