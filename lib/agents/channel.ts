/**
 * By which door of this server an agent's action came in, as the server saw it: never what the agent says of itself. `api`: it proposed by
 * itself. `hook`: its harness asked before a tool. `mcp`: the gateway was asked to make the call, and makes it. `authzen`: somebody beside it
 * asked on its behalf. Only the route that took the action names it (ADR 0043).
 */
export const CHANNELS = ['api', 'hook', 'mcp', 'authzen'] as const
export type Channel = (typeof CHANNELS)[number]

const VIA = 'via_'

/** The label of an entry that says by which door it came; none for the native API. */
export function channelLabels(channel: Channel | undefined): string[] {
  return channel === undefined || channel === 'api' ? [] : [VIA + channel]
}

/** The door an entry's labels name; a door this version does not know counts as the native API, which is trusted with the least. */
export function channelOf(labels: readonly string[]): Channel {
  const named = labels.find((label) => label.startsWith(VIA))?.slice(VIA.length)
  return CHANNELS.find((channel) => channel === named) ?? 'api'
}

/** The label of an `action.claimed` entry whose grant was consumed by another principal than the agent: an executor that holds the tool. */
export const BY_EXECUTOR = 'by_executor'
