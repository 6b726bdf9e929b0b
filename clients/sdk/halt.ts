/** A halt, as the stream tells of it. */
export type Halt = { id: string; scope: string; run: string | null; target: string | null; lifted_at: string | null }

/**
 * Whether a halt that this agent was told of stops one of its runs as a whole. The server tells only of halts that concern the agent; a scope this
 * version cannot read stops everything.
 */
export function stopsRun(halt: Halt, runId: string): boolean {
  switch (halt.scope) {
    case 'run':
      return halt.run === runId
    case 'tool':
    case 'server':
      return false
    default:
      return true
  }
}

/** Whether a halt stops calls of a tool. A name without a server is a local one. */
export function stopsTool(halt: Halt, tool: string): boolean {
  const dot = tool.indexOf('.')
  const name = dot < 0 ? `local.${tool}` : tool
  switch (halt.scope) {
    case 'tool':
      return halt.target === name
    case 'server':
      return halt.target === name.slice(0, name.indexOf('.'))
    default:
      return false
  }
}
