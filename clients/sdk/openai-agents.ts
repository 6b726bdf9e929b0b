import { createHash } from 'node:crypto'
import type { Answer, Reply } from './client'
import { proposals, underGrant, whyNot, type Guarded, type GuardOptions } from './guard'
import type { Run } from './run'

/** What `tool()` of the OpenAI Agents SDK is given beside its name, description and parameters. */
export type GovernedTool<A, R> = {
  needsApproval: (context: unknown, args: A, callId?: string) => Promise<boolean>
  execute: (args: A, context?: unknown, details?: { toolCall?: { callId?: string } }) => Promise<R>
  /** what was not allowed, or failed, is told to the model in words; a halt, and a server that cannot be asked, end the agent's run */
  errorFunction: (context: unknown, error: unknown) => string
}

/** A result of the SDK's `run()` that may wait for people, as far as they are asked here. */
export type Interrupted<I extends Interruption> = {
  interruptions?: readonly I[]
  state: { approve: (item: I) => void; reject: (item: I, options: { message: string }) => void }
}
export type Interruption = { rawItem: { callId?: string } | object }

/** The tools of one governed run. */
export type GovernedTools = {
  /** The parts of a tool that have it proposed, held for a person, and run only under its grant: spread them into `tool({ … })`. */
  govern: <A extends Record<string, unknown>, R>(
    name: string,
    fn: (args: A, guarded: Guarded) => Promise<R>,
    options?: Pick<GuardOptions<A>, 'resource' | 'reasoning' | 'reply'>,
  ) => GovernedTool<A, R>
  /** Waits until people have answered every interruption of a result, and says so to its state: then `run(agent, result.state)` goes on. */
  settle: <I extends Interruption>(result: Interrupted<I>) => Promise<void>
}

/**
 * Governs the tools of agents on the OpenAI Agents SDK, in a run of the client. `needsApproval` proposes the call; what is held becomes an
 * interruption of the SDK; and `execute` proposes the same call under the same key, which is the same action, so that nothing runs that was not allowed,
 * whoever says that it was approved. It knows the SDK by the shape of its tools alone.
 */
export function governedTools(run: Run): GovernedTools {
  const asked = new Map<string, { answer: Answer; reply: Reply | undefined }>()
  const govern: GovernedTools['govern'] = (name, fn, { reply, ...options } = {}) => {
    const proposalOf = proposals(name, options)
    return {
      needsApproval: async (_, args, callId) => {
        if (callId === undefined) return false // `execute` asks, and waits
        const answer = await run.propose(proposalOf(args), keyOf(run.id, callId))
        asked.set(callId, { answer, reply })
        return answer.status === 'held'
      },
      execute: async (args, _, details) => {
        const callId = details?.toolCall?.callId
        const key = callId === undefined ? undefined : keyOf(run.id, callId)
        return underGrant(run, proposalOf(args), fn, reply, key)
      },
      errorFunction: (_, error) => {
        const { name, message } = error as Error
        if (run.signal.aborted || name === 'Refusal') throw error
        return name === 'NotAllowed' ? `This did not run. ${message}` : 'This was begun, and failed.'
      },
    }
  }
  const settle: GovernedTools['settle'] = async ({ interruptions = [], state }) => {
    await Promise.all(
      interruptions.map(async (item) => {
        const { callId } = item.rawItem as { callId?: string }
        const one = asked.get(callId ?? '')
        if (one === undefined) return
        const answer = await run.settled(one.answer, one.reply)
        if (answer.status === 'approved') state.approve(item)
        else state.reject(item, { message: `This did not run. ${whyNot(answer)}` })
      }),
    )
  }
  return { govern, settle }
}

/** A model may call its calls what it likes, in another run the same again; a key is printable and short. */
const keyOf = (run: string, callId: string): string =>
  createHash('sha256').update(`openai-agents:${run}:${callId}`).digest('hex')
