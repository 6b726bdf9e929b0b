import type { KeyObject } from 'node:crypto'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { openFor, sealFor } from '@/lib/core/sealed-secret'
import { upstreamError } from './failure'

/** What a server may ask its client for within a call (MCP 2026-07-28, SEP-2322), and the word of it in entries. */
const ASKABLE: Readonly<Record<string, string>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
}
/** How much of one round is taken: questions, and the memory a server gives its client to keep, in characters. */
const MOST = { questions: 32, state: 64 * 1_024, asked: 64 * 1_024, key: 200 } as const

/** What a result of `input_required` asks. `state`: the server's own memory, which nobody but it reads. */
export type AskedBack = { requests: JsonObject | null; state: string | null; kinds: readonly string[] }

/**
 * Reads a result that asks back. Pure.
 * @returns null where it asks nothing
 * @throws UpstreamError `upstream_malformed` for what the protocol does not have; `upstream_too_large`
 */
export function readAskedBack(result: JsonObject): AskedBack | null {
  if (result.resultType !== 'input_required') return null
  const { inputRequests, requestState } = result
  if (inputRequests === undefined && requestState === undefined) throw upstreamError('upstream_malformed')
  if (requestState !== undefined && typeof requestState !== 'string') throw upstreamError('upstream_malformed')
  if ((requestState?.length ?? 0) > MOST.state) throw upstreamError('upstream_too_large')
  if (inputRequests === undefined) return { requests: null, state: requestState ?? null, kinds: ['state_only'] }
  if (!isObject(inputRequests)) throw upstreamError('upstream_malformed')
  const entries = Object.entries(inputRequests)
  if (entries.length > MOST.questions) throw upstreamError('upstream_too_large')
  const requests: JsonObject = {}
  const kinds = new Set<string>()
  for (const [key, asked] of entries) {
    if (key.length > MOST.key || !isObject(asked) || typeof asked.method !== 'string')
      throw upstreamError('upstream_malformed')
    const kind = Object.hasOwn(ASKABLE, asked.method) ? ASKABLE[asked.method] : undefined
    const { params } = asked
    if (kind === undefined || (params !== undefined && !isObject(params))) throw upstreamError('upstream_malformed')
    kinds.add(kind)
    requests[key] = { method: asked.method, ...(params !== undefined && { params }) }
  }
  return { requests, state: requestState ?? null, kinds: kinds.size === 0 ? ['state_only'] : [...kinds].toSorted() }
}

/** What a client is given to keep of a round, and cannot read. */
export type Kept = {
  /** the server's own `requestState` */
  state: string | null
  /** what it asked, as its client reads it; or how large that was */
  asked: JsonObject | null
  /** the arguments that were forwarded, where a person had edited them */
  edited: JsonObject | null
}

const PURPOSE = 'countersign mcp rounds'

/** What was asked, as much of it as is kept. Pure. */
export function keptOf(requests: JsonObject | null): JsonObject | null {
  const chars = JSON.stringify(requests).length
  return chars <= MOST.asked ? requests : { not_kept: 'What was asked is larger than what is kept of it.', chars }
}

/**
 * The `requestState` a client gets in place of the server's: the id of the round, and what is kept of it, sealed for this agent and this
 * upstream. Nothing of the server's memory is read by an agent, and nothing an agent writes gets into it.
 * @param iv 12 random bytes, never used twice
 */
export function sealRound(
  round: { id: string; agentId: string; upstreamId: string },
  kept: Kept,
  key: KeyObject,
  iv: Buffer,
): string {
  const sealed = sealFor(PURPOSE, bound(round), { current: JSON.stringify(kept) }, key, iv)
  return `csr_${round.id.replaceAll('-', '')}.${sealed.toString('base64url')}`
}

/** The id of the round that a `requestState` names, as a bare UUID; null where it names none. Pure. */
export function roundNamed(state: string): string | null {
  const match = /^csr_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\./.exec(state)
  return match === null ? null : match.slice(1).join('-')
}

/** Opens what `sealRound` sealed; null where it was sealed for another agent, upstream or round, or was changed. */
export function openRound(
  round: { id: string; agentId: string; upstreamId: string },
  state: string,
  key: KeyObject,
): Kept | null {
  const encoded = state.slice(state.indexOf('.') + 1)
  const sealed = Buffer.from(encoded, 'base64url')
  // one way to write it, so that one round has one state
  if (sealed.toString('base64url') !== encoded) return null
  const opened = openFor(PURPOSE, bound(round), sealed, key)
  return opened && (JSON.parse(opened.current) as Kept) // sealed by sealRound
}

const bound = ({ id, agentId, upstreamId }: { id: string; agentId: string; upstreamId: string }): string =>
  `${agentId} ${upstreamId} ${id}`

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
