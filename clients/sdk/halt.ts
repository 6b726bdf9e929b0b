/** A halt, as the stream tells of it. */
export type Halt = Stop & { scope: string; run: string | null; target: string | null; lifted_at: string | null }

/**
 * One stop that is asked of the agent: by which halt, and since when. The same halt asks again, with another moment, where a lift by stages had
 * let the agent go and was taken back.
 */
export type Stop = { id: string; requested_at?: string | undefined }

/** Whether two stops are the same one. */
export function isSameStop(one: Stop, other: Stop): boolean {
  return one.id === other.id && one.requested_at === other.requested_at
}

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
