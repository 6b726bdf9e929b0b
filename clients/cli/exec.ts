import { realpathSync } from 'node:fs'
import { MOST_PROCESSES } from '@/lib/boundary/boundary'
import { spelledOut } from '@/lib/core/hostile'
import { parseSize, SIZE_WORDS } from '@/lib/boundary/size'
import { workspaceAt } from '../exec/confinement'
import { endOf, execute, type Executed, type Execution } from '../exec/execute'
import { programProblem } from '../exec/program'
import { makeRunnerKey, readRunnerKey } from '../exec/runner-key'
import { RUNTIMES, runtimeHere } from '../exec/runtime'
import { isShown } from '../exec/shown'
import { agentCredential } from './shared/agent-credential'
import { command, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { SERVER, serverOf } from './shared/options'
import { Trouble, usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

/** What `exec` ends with where it is not the command's own: above what programs use, below what shells say of signals. */
export const EXEC_EXITS = { not_allowed: 120, unasked: 121, stopped: 122, limit: 123, time: 124 } as const

const KEPT = 32_768

export const verb: Verb = {
  name: 'exec',
  summary: 'asks, waits for a person where one is asked, and runs a command in a sandbox of the signed boundary',
  commands: [
    command({
      summary: 'asks, waits for a person where one is asked, and runs a command in a sandbox of the signed boundary',
      places: [{ name: 'COMMAND', says: 'the program and its arguments, after --', many: true }],
      options: {
        server: SERVER,
        key: {
          type: 'string',
          value: 'FILE',
          offers: 'file',
          says: 'the key of the runner, to attest the sandbox with (else COUNTERSIGN_RUNNER_KEY)',
        },
        workspace: {
          type: 'string',
          value: 'DIR',
          offers: 'folder',
          default: '.',
          says: 'the one folder it has (this one)',
        },
        why: { type: 'string', value: 'TEXT', says: 'the agent’s reason, for whoever is asked' },
        timeout: {
          type: 'string',
          value: 'SECONDS',
          default: '600',
          says: 'how long it may run, from 1 to 86400 (600)',
        },
        memory: {
          type: 'string',
          value: 'SIZE',
          says: 'how much memory it may have, such as 512MB or 4GiB (half of this machine’s)',
        },
        processes: {
          type: 'string',
          value: 'COUNT',
          says: 'how many processes and threads it may have, from 1 to 100000 (4096)',
        },
        'max-output': {
          type: 'string',
          value: 'BYTES',
          default: '10485760',
          says: 'how much of each stream is passed on (10485760)',
        },
        'keep-output': {
          type: 'boolean',
          default: false,
          says: 'the first 32 KB of each stream go into the outcome, too; else only their digests',
        },
        stdin: { type: 'boolean', default: false, says: 'gives it this terminal’s input; else it has none' },
        runtime: {
          type: 'string',
          value: 'NAME',
          offers: RUNTIMES,
          says: `${RUNTIMES.join(' or ')} (the first that can run)`,
        },
      },
      about: `It sees the workspace, the system's programs and the hosts its boundary names: no home, no credentials, no environment, no other network. A halt
kills it, and so does a lease that cannot be kept. COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET hold the agent's credential.

It ends with what the command ended with; else 120: it was not allowed, 121: nobody could be asked or no sandbox could be made, 122: it was stopped, 123: it took more memory or processes than it
may have, 124: its time was over. Where the boundary says less of any of them, that holds.

JSON: {"result", "action", "status", "reason", "attested", "ended": {"code", "stopped", "stdout": {"digest", "bytes"}, "stderr", "reached", "ms"}}, in place of the
command's output.`,
      examples: ['npx countersign exec --server http://localhost:3000 --key runner.json --why "its tests" -- npm test'],
      exits: { signed_out: 'no credential' },
      run: async ({ values, positionals }, io) => {
        const problem = programProblem(positionals)
        if (problem !== null) throw usage(problem)
        const runtime = runtimeHere(runtimeOf(values.runtime))
        if ('problems' in runtime) {
          const why = `No sandbox can be made here, so nothing was asked and nothing ran. ${runtime.problems.join(' ')}`
          return told({ kind: 'unasked', code: 'no_sandbox', why, ended: null }, io)
        }
        const file = values.key ?? io.env.COUNTERSIGN_RUNNER_KEY
        const workspace = placeOf(values.workspace)
        const key = keyOf(file, workspace)
        const execution: Execution = {
          ...agentCredential(io.env),
          server: serverOf(values.server, io.env),
          command: positionals,
          key,
          runtime,
          workspace,
          limits: {
            passed: number(values['max-output'], '--max-output', 0, 2 ** 40),
            kept: values['keep-output'] ? KEPT : 0,
          },
          bounds: {
            time: number(values.timeout, '--timeout', 1, 86_400) * 1_000,
            ...(values.memory !== undefined && { memory: bytesOf(values.memory) }),
            ...(values.processes !== undefined && {
              processes: number(values.processes, '--processes', 1, MOST_PROCESSES),
            }),
          },
          ...(values.stdin && { stdin: process.stdin }),
          ...(values.why !== undefined && { why: values.why.slice(0, 8_000) }),
          env: io.env,
          signal: io.stopping,
        }
        const executed = await execute(execution, {
          held: ({ approval, reason }) => {
            const where = approval === null ? execution.server : `${approval.url}, before ${approval.expires_at}`
            io.note(`It waits for a person. ${inOneLine(reason.text)} Answer it at ${inOneLine(where)}.\n`)
          },
          out: (chunk) => pass(io, 'out', chunk),
          error: (chunk) => pass(io, 'error', chunk),
        })
        return told(executed, io)
      },
    }),
    command({
      words: 'key',
      summary: 'makes the key of a runner, and prints what a person enrols for the agent',
      places: [{ name: 'FILE', says: 'where the private key goes; nothing may be there yet', offers: 'file' }],
      options: {},
      about: `The private key stays in the file, which only its user may read. The public key is enrolled on the agent's page of credentials in the console.

JSON: {"file", "key"}.`,
      examples: ['npx countersign exec key runner.json'],
      run: ({ positionals: [file = ''] }, { note }) => {
        const key = made(file)
        note(
          `The private key is in ${file}. Enrol this public key for the agent, on its page of credentials in the console:\n`,
        )
        return { exit: EXITS.done, result: { file, key }, text: `${key}\n` }
      },
    }),
    command({
      words: 'check',
      summary: 'says what makes sandboxes on this machine, and what is missing',
      options: {},
      about: 'JSON: {"runtimes": [{"name", "version" or "problems"}]}.',
      examples: ['npx countersign exec check'],
      exits: { no: 'nothing can: no command would run' },
      run: () => {
        const runtimes = RUNTIMES.map((name) => ({ name, ...runtimeHere(name) }))
        const lines = runtimes.map(
          (each) => `${each.name}: ${'version' in each ? `${each.version}, can run` : each.problems.join(' ')}\n`,
        )
        const can = runtimes.some((each) => 'version' in each)
        return { exit: can ? EXITS.done : EXITS.no, result: { runtimes }, text: lines.join('') }
      },
    }),
  ],
}
/** `npx countersign exec` */
export const run = runVerb(verb)

/** Passes on what the command says, as it comes, but for programs, who get one line of JSON. */
function pass({ json, terminal }: Io, to: 'out' | 'error', chunk: Buffer): void | Promise<void> {
  if (json) return
  if (terminal.raw) return terminal.raw(to, chunk)
  terminal[to](chunk.toString('utf8'))
}

/** What a server said, in words of its own or of a rule or of an agent: one line that a terminal shows and does not obey. */
const inOneLine = (text: string): string => spelledOut(text.replaceAll(/\s+/g, ' '))

function told(executed: Executed, { json, note }: Io): Outcome {
  const { kind, ended, ...rest } = executed
  if (!json) {
    const says = sentence(executed)
    if (says !== null) note(`countersign exec: ${inOneLine(says)}\n`)
  }
  const passed = exitOf(executed)
  return {
    exit: passed === 0 ? EXITS.done : EXITS.no,
    passed,
    result: {
      result: kind,
      ...('answer' in rest && { action: rest.answer.id, status: rest.answer.status, reason: rest.answer.reason.code }),
      ...('why' in rest && { why: rest.why }),
      ...('code' in rest && { code: rest.code }),
      ...('attested' in rest && { attested: rest.attested }),
      ...(ended !== null && { ended }),
    },
  }
}

function sentence(executed: Executed): string | null {
  switch (executed.kind) {
    case 'ended':
      return executed.ended.stopped === null ? null : endOf(executed.ended)
    case 'not_allowed': {
      const { id, status, reason } = executed.answer
      const why = status === 'rejected' ? 'A person rejected it.' : reason.text
      const hint =
        reason.code === 'sandbox_missing'
          ? ' Enrol a runner for this agent (npx countersign exec key FILE), and name its key with --key.'
          : ''
      return `not run. ${why}${hint} (${status}, ${reason.code}, ${id})`
    }
    case 'stopped':
      return `stopped${executed.ended === null ? ' before it began' : ', and killed'}. ${executed.why}`
    case 'unasked':
      return `${executed.ended === null ? 'not run' : 'it ran, but nobody could be told'}. ${executed.why} (${executed.code})`
  }
}

function exitOf(executed: Executed): number {
  if (executed.kind !== 'ended') return EXEC_EXITS[executed.kind]
  const { stopped, code } = executed.ended
  if (stopped === 'memory' || stopped === 'processes') return EXEC_EXITS.limit
  return stopped === null ? code : EXEC_EXITS[stopped === 'time' ? 'time' : 'stopped']
}

function made(file: string): string {
  try {
    return makeRunnerKey(file)
  } catch (error) {
    throw new Trouble(`${file} could not be made: ${error instanceof Error ? error.message : ''}`, EXITS.unusable)
  }
}

function keyOf(file: string | undefined, workspace: string) {
  if (file === undefined || file === '') return null
  try {
    if (`${realpathSync(file)}/`.startsWith(`${workspace}/`))
      throw new Error('it lies in the workspace, where the command would read it.')
    if (isShown(file)) throw new Error('it lies among the system’s files, which every command sees.')
    return readRunnerKey(file)
  } catch (error) {
    throw new Trouble(`${file} cannot be used: ${error instanceof Error ? error.message : ''}`, EXITS.unusable)
  }
}

function placeOf(folder: string): string {
  try {
    return workspaceAt(folder)
  } catch (error) {
    throw new Trouble(error instanceof Error ? error.message : `${folder} is no workspace.`, EXITS.unusable)
  }
}

function runtimeOf(given: string | undefined) {
  const known = RUNTIMES.find((name) => name === given)
  if (given !== undefined && known === undefined) throw usage(`--runtime takes ${RUNTIMES.join(' or ')}.`)
  return known
}

function bytesOf(given: string): number {
  const read = parseSize(given)
  if (read === null) throw usage(`--memory takes ${SIZE_WORDS}.`)
  return read
}

function number(given: string, option: string, least: number, most: number): number {
  const read = Number(given)
  if (given.trim() === '' || !Number.isInteger(read) || read < least || read > most)
    throw usage(`${option} takes a whole number from ${String(least)} to ${String(most)}.`)
  return read
}
