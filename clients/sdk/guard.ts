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
  const { run, reply } = options
  const proposalOf = proposals(tool, options)
  const inRun = async (held: Run, args: A): Promise<R> => underGrant(held, proposalOf(args), fn, reply)
  return async (args) => (run === undefined ? client.run((own) => inRun(own, args)) : inRun(run, args))
}

type Proposed<A> = Omit<Proposal, 'run' | 'arguments'> & { arguments: A }

/** How the arguments of a call become its proposal. */
export function proposals<A extends Record<string, unknown>>(
  tool: string,
  { resource, reasoning }: Pick<GuardOptions<A>, 'resource' | 'reasoning'>,
): (args: A) => Proposed<A> {
  return (args) => ({
    tool,
    arguments: args,
    ...(resource && { resource: resource(args) }),
    ...(reasoning && { reasoning: reasoning(args) }),
  })
}

/**
 * Has one call decided in a run, and does it only under its grant.
 * @param key an idempotency key: the same call under it is the same action
 * @throws as what `guard` returns
 */
export async function underGrant<A extends Record<string, unknown>, R>(
  run: Run,
  proposal: Proposed<A>,
  fn: (args: A, guarded: Guarded) => Promise<R>,
  reply?: Reply,
  key?: string,
): Promise<R> {
  let done: { value: R } | { error: unknown } | undefined
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
  const performed = await run.perform(proposal, work, reply, key).catch((error: unknown) => {
    if (done === undefined || run.signal.aborted) throw error
    return null
  })
  if (done === undefined) {
    if (performed === null) throw new Error('What was not done has no error: this cannot be.')
    throw notAllowed(performed.answer)
  }
  if ('error' in done) throw done.error
  return done.value
}

/** Why an action did not run, in words for whoever asked for it. */
export function whyNot({ status, reason }: Answer): string {
  return `${status}: ${status === 'rejected' ? 'A person rejected it.' : reason.text}`
}

function notAllowed(answer: Answer): NotAllowed {
  return Object.assign(new Error(whyNot(answer)), { name: 'NotAllowed', code: answer.reason.code, answer })
}
