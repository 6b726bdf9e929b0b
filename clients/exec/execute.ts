import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Answer } from '../sdk/client'
import type { Refusal } from '../sdk/refusal'
import type { RunStopped } from '../sdk/run'
import { runConfined, type Ended, type Limits, type Pass } from './confined'
import { type Bounds, identityOf } from './confinement'
import { keeperOf, type Left, leftFolder } from './left'
import { outputOf } from './outcome'
import type { RunnerKey } from './runner-key'
import { SandboxClient } from './sandbox-client'
import type { Runtime } from './runtime'

/** What `countersign exec` proposes its commands as. */
export const EXEC_TOOL = 'local.countersign-exec'

export type Execution = {
  server: string
  clientId: string
  clientSecret: string
  command: readonly string[]
  key: RunnerKey | null
  runtime: Runtime
  workspace: string
  limits: Limits
  /** what was asked for; the signed boundary may allow less */
  bounds: Partial<Bounds>
  /** what the command is given to read; left out, it has nothing */
  stdin?: Readable
  why?: string
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

export type Told = {
  held: (answer: Answer) => void
  out: Pass
  error: Pass
}

/** What came of it. `ended` is null where nothing has run. */
export type Executed =
  | { kind: 'ended'; answer: Answer; ended: Ended; attested: boolean }
  | { kind: 'not_allowed'; answer: Answer; ended: null }
  | { kind: 'stopped'; why: string; ended: Ended | null }
  | { kind: 'unasked'; code: string; why: string; ended: Ended | null }

/**
 * Asks whether a command may run, waits for a person where one is asked, claims the grant, and runs it in a sandbox of the signed boundary; a
 * halt, or a lease that cannot be kept, kills it. Nothing runs without a grant, and no answer is no grant. An answer that got lost is asked for again under
 * one key; and where the same command was asked before by a process that was killed before it began, that request is taken up, in its run.
 */
export async function execute(of: Execution, told: Told): Promise<Executed> {
  const { server, clientId, clientSecret, key, runtime, workspace } = of
  const client = new SandboxClient(
    { server, clientId, clientSecret },
    {
      ...{ key, runtime, workspace, held: told.held },
      // the folder that is asked about, whatever lies there once people have answered
      own: { ...of.bounds, identity: identityOf(workspace) },
    },
  )
  const proposal = {
    tool: EXEC_TOOL,
    arguments: { command: [...of.command] },
    reasoning: {
      ...(of.why !== undefined && { summary: of.why }),
      signals: [`It runs in ${workspace}, in a sandbox of ${runtime.name} ${runtime.version}.`],
    },
  }
  const keeper = keeperOf(leftFolder(of.env), [new URL(server).origin, clientId, proposal])
  const done: { begun: boolean; ended: Ended | null; unmade: unknown } = { begun: false, ended: null, unmade: null }
  const work = async (granted: Record<string, unknown>, signal: AbortSignal | undefined): Promise<unknown> => {
    const { confinement } = client
    if (confinement === null || signal === undefined) throw new Error('unreachable')
    const command = commandIn(granted['command'])
    const streams = { ...(of.stdin !== undefined && { stdin: of.stdin }), out: told.out, error: told.error }
    const begin = async () => {
      // what has begun is never begun again by whoever comes after
      keeper.forget()
      done.begun = true
      return runConfined(runtime, confinement, command, of.env, of.limits, streams, signal)
    }
    const ended = await begin().catch((error: unknown) => {
      done.unmade = error
      throw error
    })
    done.ended = ended
    client.outcome = {
      status:
        ended.stopped === 'signal' ? 'aborted' : ended.code === 0 && ended.stopped === null ? 'succeeded' : 'failed',
      output: outputOf(ended, runtime),
      ...((ended.code !== 0 || ended.stopped !== null) && { error: endOf(ended) }),
    }
    signal.throwIfAborted()
    return null
  }
  const ask = (left: Left | null) =>
    client.run(
      (run) => {
        const asking = { run: run.id, key: left?.key ?? randomUUID() }
        keeper.keep(asking)
        return run.perform(proposal, work, undefined, asking.key)
      },
      { signal: of.signal, ...(left !== null && { resume: left.run }) },
    )
  try {
    const { answer, ran, unreported } = await ask(keeper.left).catch((error: unknown) => {
      // what was left is no more: its run is over, or its key says something else
      if (keeper.left === null || done.begun || !OVER.has((error as Partial<Refusal>).code ?? '')) throw error
      return ask(null)
    })
    keeper.forget()
    if (done.unmade !== null) return unmade(done.unmade)
    if (unreported !== undefined) return failed(unreported, done.ended)
    if (!ran || done.ended === null) return { kind: 'not_allowed', answer, ended: null }
    return { kind: 'ended', answer, ended: done.ended, attested: key !== null }
  } catch (error) {
    // whoever ends it ends what it asked; after a halt, or a server that is gone, it can be asked on
    if (of.signal.aborted) keeper.forget()
    return failed(error, done.ended)
  }
}

/** How it ended where it did not end well, in a sentence. */
export function endOf({ stopped, code }: Ended): string {
  switch (stopped) {
    case 'time':
      return 'Its time was over, and it was killed.'
    case 'memory':
      return 'It took more memory than it may have, and was killed.'
    case 'processes':
      return 'It started more processes than it may have, and was killed.'
    default:
      return `It ended with ${String(code)}.`
  }
}

/** Refusals that say that what was asked before cannot be asked on. */
const OVER: ReadonlySet<string> = new Set(['not_found', 'wrong_state', 'idempotency_mismatch'])

function failed(error: unknown, ended: Ended | null): Executed {
  const { name, code, kind, message, cause } = error as Partial<
    RunStopped & { cause: { code?: string; message?: string } }
  >
  if (kind !== undefined || name === 'RunStopped' || name === 'AbortError')
    return { kind: 'stopped', why: message ?? 'It was stopped.', ended }
  const why = cause?.message ?? message ?? 'Nobody knows why.'
  return { kind: 'unasked', code: code ?? cause?.code ?? 'unreachable', why, ended }
}

/** It was allowed, and no sandbox could be made for it: nothing of it has run, and the outcome says so. */
function unmade(error: unknown): Executed {
  const why = error instanceof Error ? error.message : String(error)
  return {
    kind: 'unasked',
    code: 'no_sandbox',
    why: `It was allowed, but no sandbox could be made. ${why}`,
    ended: null,
  }
}

/** What is run: words as they were granted; a text is what a person edited it to, and is read by a shell as the gate read it. */
function commandIn(granted: unknown): string[] {
  if (typeof granted === 'string' && granted.trim() !== '') return ['/bin/sh', '-c', granted]
  if (Array.isArray(granted) && granted.length > 0 && granted.every((word) => typeof word === 'string')) return granted
  throw new Error('What was granted is no command.')
}
