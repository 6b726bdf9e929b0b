import type { Db } from '@/lib/db/client'
import type { ToolName } from '@/lib/tools/tool'
import { compileBoundary, rulesFor } from './compile'
import { allInForce } from './read'

/** A boundary in force that says something of a tool: the rules that name it, and its scope. */
export type Naming = { slug: string; rules: string[] }

/** Which boundaries in force name a tool, or have its server in scope. */
export async function boundariesNaming(db: Db, tool: ToolName): Promise<Naming[]> {
  return (await allInForce(db)).flatMap(({ slug, document }) => {
    const boundary = compileBoundary(document)
    const scope = boundary.scopes.get(tool.server)
    const rules = [
      ...rulesFor(boundary.never, tool),
      ...rulesFor(boundary.approval_required, tool),
      ...rulesFor(boundary.autonomous, tool, scope !== undefined || tool.server === 'local'),
    ].map(({ rule }) => rule)
    const scoped = scope === undefined || scope.length === 0 ? [] : [`mcp_scopes.${tool.server}: ${scope.join(', ')}`]
    return rules.length + scoped.length === 0 ? [] : [{ slug, rules: [...rules, ...scoped] }]
  })
}
