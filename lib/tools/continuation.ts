import type { JsonObject, JsonValue } from '@/lib/core/json'

/**
 * Where, among the arguments an action is decided on, it stands what a client answers to a question that a server asked back within a call (ADR
 * 0056). An argument of a tool's own cannot have this name: calls with one are not taken at a gateway.
 */
export const CONTINUATION = 'mcp_continuation'

/** One more round of a call. Keys that are not there were not said. */
export type Continuation = {
  /** `act_…`: the action whose result asked; left out where the client answers what nobody asked it through here */
  continues?: string
  /** what the server asked, by its own keys, with known secrets masked */
  asked?: JsonObject
  /** what the client answers, by the same keys */
  answers: JsonObject
}

/** The arguments of a call with what its client answers: what is decided on. Pure. */
export const withContinuation = (args: JsonObject, round: Continuation): JsonObject => ({
  ...args,
  [CONTINUATION]: { ...round },
})

/** The arguments alone, and the answers, of what `withContinuation` made or a person edited it to. Pure. */
export function splitContinuation(given: JsonObject): { args: JsonObject; answers: JsonObject } {
  const { [CONTINUATION]: round, ...args } = given
  return { args, answers: isObject(round) && isObject(round.answers) ? round.answers : {} }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
