import { parsePublicId, publicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { db } from '@/lib/db/client'
import { splitContinuation, withContinuation } from '@/lib/tools/continuation'
import { findRound, type OpenRound, type RoundRefusal } from '@/lib/upstreams/rounds'
import type { Deed } from './call'
import type { Exchange } from './deps'
import { one } from './message'

/** A request as it is decided on: in another round of a call, its answers are among its arguments. */
export type Continued = { deed: Deed; round: OpenRound | null }

/**
 * Makes one deed of a call and what its client answers in this round of it: an action of its own, decided over both (ADR 0056). A `requestState`
 * is taken only from whom it was given to, for the same call, once; the upstream is sent the one it gave itself. Answers without one are what
 * nobody asked through here, or a server keeps no state of: they are decided on like any argument.
 * @returns or why this is no round of this agent's call
 */
export async function continued(
  { mcp, principal, upstream, request }: Exchange,
  deed: Deed,
): Promise<Continued | { refused: RoundRefusal }> {
  const { answered } = deed
  if (answered === null) return { deed, round: null }
  const { responses, state } = answered
  const answers = responses ?? {}
  if (state === null) {
    const args = withContinuation(deed.arguments, { answers })
    return { deed: { ...deed, arguments: args, withArguments: forwarding(deed, true, null) }, round: null }
  }
  const named = one(request.headers['countersign-run'])
  const run = named === undefined ? null : parsePublicId('run', named, 'Countersign-Run')
  const now = mcp.gateway.now()
  const round = await findRound(db(), principal.agentId, upstream.id, state, callOf(deed), run, now)
  if (typeof round === 'string') return { refused: round }
  const { asked, edited, state: own } = round.kept
  const continues = publicId('action', round.actionId)
  // a person edited what the first round was called with: that is what goes on, and not what they edited away
  const args = withContinuation(edited ?? deed.arguments, { continues, ...(asked !== null && { asked }), answers })
  return { deed: { ...deed, arguments: args, withArguments: forwarding(deed, responses !== null, own) }, round }
}

/** A call as its client made it, whatever it answers with it. */
export const callOf = ({ tool, sent }: Pick<Deed, 'tool' | 'sent'>) => ({ tool, arguments: sent })

/** The body of what was decided on: arguments and answers where the protocol has them, and the upstream's own state. */
const forwarding =
  (deed: Deed, answers: boolean, state: string | null): Deed['withArguments'] =>
  (given: JsonObject) => {
    const split = splitContinuation(given)
    return deed.withArguments(split.args, {
      ...((answers || Object.keys(split.answers).length > 0) && { inputResponses: split.answers }),
      ...(state !== null && { requestState: state }),
    })
  }
