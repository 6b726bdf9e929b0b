/**
 * One server-sent event (WHATWG HTML §9.2). `id` is what a client sends back as `Last-Event-ID`: of the epochs of the gate, one up to which
 * it has been told everything.
 */
export function frame(event: string, id: bigint, data: unknown): string {
  return `event: ${event}\nid: ${String(id)}\ndata: ${JSON.stringify(data)}\n\n`
}

/** One event that is no change of the gate: it has no id, so that what a client sends back stays what it was told of halts. */
export function frameAside(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Says up to where a client has been told everything, without an event. */
export function toldUpTo(id: bigint): string {
  return `id: ${String(id)}\n\n`
}
