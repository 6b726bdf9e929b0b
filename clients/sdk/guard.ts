import type { Answer, CountersignClient, Proposal, Reply, Work } from './client'
import type { Run } from './run'

export type GuardOptions<A> = {
  /** what it acts on, read off the arguments */
  resource?: (args: A) => Proposal['resource']
  /** the agent's reasons, for whoever is asked */
  reasoning?: (args: A) => Proposal['reasoning']
  /** answers an approver's question */
  reply?: Reply
  /** the run it belongs to; left out, each call is a run of its own, held by a lease and stopped by a halt all the same */
  run?: Run
}

/** What a guarded function gets beside its arguments. */
export type Guarded = { answer: Answer; signal: AbortSignal | undefined }

/** Why a guarded function did not run: `code` is the decision's reason, `answer` the whole of it. */
export type NotAllowed = Error & { code: string; answer: Answer }

/**
 * A function that runs only under a grant: each call is proposed, waits for a person where one is asked, runs with the arguments as they were
 * granted (a person may have edited them), and has its outcome reported. `signal` fires when a halt stops it or its lease cannot be kept: abort on it.
 * What the function returns is reported as the outcome's output, so it should be JSON and no secret.
 * @param tool `server.tool`
 * @throws NotAllowed when it was not allowed; Refusal when nobody could be asked; whatever `fn` threw, once its failure is reported
 */
export function guard<A extends Record<string, unknown>, R>(
  client: CountersignClient,
  tool: string,
  fn: (args: A, guarded: Guarded) => Promise<R>,
  options: GuardOptions<A> = {},
): (args: A) => Promise<R> {
  const inRun = async (run: Run, args: A): Promise<R> => {
    const { resource, reasoning, reply } = options
    let done: { value: R } | { error: unknown } | undefined
    const proposal = {
      tool,
      arguments: args,
      ...(resource && { resource: resource(args) }),
      ...(reasoning && { reasoning: reasoning(args) }),
    }
    const work: Work = async (granted, signal, given) => {
      try {
        // what this call proposed, or what a person edited it to: of the same shape as far as its tool's schema says so
        const value = await fn(granted as A, { answer: given, signal })
        done = { value }
        return value
      } catch (error) {
        done = { error }
        throw error
      }
    }
    // what ran has run, whatever came of reporting it: thrown away, it would be done a second time
    const performed = await run.perform(proposal, work, reply).catch((error: unknown) => {
      if (done === undefined || run.signal.aborted) throw error
      return null
    })
    if (done === undefined) {
      if (performed === null) throw new Error('unreachable')
      throw notAllowed(performed.answer)
    }
    if ('error' in done) throw done.error
    return done.value
  }
  const { run } = options
  return async (args) => (run === undefined ? client.run((own) => inRun(own, args)) : inRun(run, args))
}

function notAllowed(answer: Answer): NotAllowed {
  const { code, text } = answer.reason
  const words = answer.status === 'rejected' ? 'A person rejected it.' : text
  return Object.assign(new Error(`${answer.status}: ${words}`), { name: 'NotAllowed', code, answer })
}
