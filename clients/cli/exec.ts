import { execute, type Executed, type Execution } from '../exec/execute'
import { workspaceAt } from '../exec/confinement'
import { makeRunnerKey, readRunnerKey } from '../exec/runner-key'
import { RUNTIMES, runtimeHere } from '../exec/runtime'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary =
  'asks, waits for a person where one is asked, and runs a command in a sandbox of the signed boundary'

const USAGE = `Usage: npx countersign exec [options] -- COMMAND [ARGUMENT …]
       npx countersign exec --new-key FILE     makes the key of a runner, and prints what a person enrols for the agent
       npx countersign exec --check            says what makes sandboxes on this machine

The agent is COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET. The command sees the workspace, the system's programs and the hosts its
boundary names: no home, no credentials, no environment, no other network. A halt kills it.

  --server URL       the console (COUNTERSIGN_SERVER)
  --key FILE         the runner's key, to attest the sandbox with (COUNTERSIGN_RUNNER_KEY)
  --workspace DIR    the one folder it has; this one unless said
  --why TEXT         the agent's reason, for whoever is asked
  --timeout SECONDS  how long it may run; 600 unless said
  --max-output BYTES how much of each stream is passed on; 10485760 unless said
  --keep-output      the first 32 KB of each stream go into the outcome, too; else only their digests
  --stdin            gives it this terminal's input; else it has none
  --runtime NAME     ${RUNTIMES.join(' or ')}; the first that can run unless said
  --json             one line of JSON on what came of it, in place of the command's output

Exit: what the command ended with; 120 it was not allowed, 121 nobody could be asked or no sandbox could be made, 122 it was stopped, by a
halt or a lease that could not be kept, 124 its time was over; 2 wrong usage.
`

const OPTIONS = {
  server: { type: 'string' },
  key: { type: 'string' },
  'new-key': { type: 'string' },
  check: { type: 'boolean', default: false },
  workspace: { type: 'string', default: '.' },
  why: { type: 'string' },
  timeout: { type: 'string', default: '600' },
  'max-output': { type: 'string', default: '10485760' },
  'keep-output': { type: 'boolean', default: false },
  stdin: { type: 'boolean', default: false },
  runtime: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const KEPT = 32_768
export const EXIT = { not_allowed: 120, unasked: 121, stopped: 122, time: 124 } as const

type Environment = Readonly<Record<string, string | undefined>>

/** `npx countersign exec …`: answers the exit code. */
export async function run(
  args: string[],
  terminal: Terminal = ownTerminal(),
  env: Environment = process.env,
  signal = interrupted(),
): Promise<number> {
  try {
    const dashes = args.indexOf('--')
    const { values, positionals } = readArguments(dashes < 0 ? args : args.slice(0, dashes), OPTIONS)
    const command = dashes < 0 ? [] : args.slice(dashes + 1)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    if (values['new-key'] !== undefined) return newKey(values['new-key'], terminal)
    if (values.check) return check(values.json, terminal)
    if (positionals.length > 0 || command.length === 0) throw new Trouble(`Put the command after "--".\n\n${USAGE}`, 2)
    const runtime = runtimeHere(runtimeOf(values.runtime))
    if ('problems' in runtime) {
      const why = `No sandbox can be made here, so nothing was asked and nothing ran. ${runtime.problems.join(' ')}`
      return tell({ kind: 'unasked', code: 'no_sandbox', why, ended: null }, values.json, terminal)
    }
    const execution: Execution = {
      ...agentOf(values.server, env),
      command,
      key: keyOf(values.key ?? env['COUNTERSIGN_RUNNER_KEY']),
      runtime,
      workspace: placeOf(values.workspace),
      limits: {
        ms: number(values.timeout, '--timeout', 1, 86_400) * 1_000,
        passed: number(values['max-output'], '--max-output', 0, 2 ** 40),
        kept: values['keep-output'] ? KEPT : 0,
      },
      stdin: values.stdin,
      ...(values.why !== undefined && { why: values.why.slice(0, 8_000) }),
      env,
      signal,
    }
    const executed = await execute(execution, {
      held: ({ approval, reason }) => {
        terminal.error(
          `It waits for a person (${reason.text}) Answer it at ${approval?.url ?? execution.server}, before ${approval?.expires_at ?? 'it expires'}.\n`,
        )
      },
      out: (chunk) => {
        if (!values.json) terminal.out(chunk)
      },
      error: (chunk) => {
        if (!values.json) terminal.error(chunk)
      },
    })
    return tell(executed, values.json, terminal)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n`)
    return error.exit
  }
}

function tell(executed: Executed, json: boolean, { out, error }: Terminal): number {
  const code = exitOf(executed)
  if (json) {
    const { kind, ended, ...rest } = executed
    const answer =
      'answer' in rest ? { action: rest.answer.id, status: rest.answer.status, reason: rest.answer.reason.code } : {}
    const why = 'why' in rest ? { why: rest.why } : {}
    out(
      `${JSON.stringify({ ...('code' in rest && { code: rest.code }), result: kind, exit: code, ...answer, ...why, ...(ended !== null && { ended }), ...('attested' in rest && { attested: rest.attested }) })}\n`,
    )
    return code
  }
  switch (executed.kind) {
    case 'ended':
      if (executed.ended.stopped === 'time') error('countersign exec: its time was over, and it was killed.\n')
      break
    case 'not_allowed': {
      const { answer } = executed
      const hint =
        answer.reason.code === 'sandbox_missing'
          ? ' Enrol a runner for this agent: npx countersign exec --new-key FILE, then its page in the console.'
          : ''
      error(
        `countersign exec: not run. ${answer.status === 'rejected' ? 'A person rejected it.' : answer.reason.text}${hint} (${answer.status}, ${answer.reason.code}, ${answer.id})\n`,
      )
      break
    }
    case 'stopped':
      error(
        `countersign exec: stopped${executed.ended === null ? ' before it began' : ', and killed'}. ${executed.why}\n`,
      )
      break
    case 'unasked':
      error(
        `countersign exec: ${executed.ended === null ? 'not run' : 'it ran, but nobody could be told'}. ${executed.why} (${executed.code})\n`,
      )
  }
  return code
}

function exitOf(executed: Executed): number {
  if (executed.kind !== 'ended') return EXIT[executed.kind]
  return executed.ended.stopped === 'time'
    ? EXIT.time
    : executed.ended.stopped === 'signal'
      ? EXIT.stopped
      : executed.ended.code
}

function newKey(file: string, { out, error }: Terminal): number {
  let printed: string
  try {
    printed = makeRunnerKey(file)
  } catch (trouble) {
    throw new Trouble(`${file} could not be made: ${trouble instanceof Error ? trouble.message : ''}`, 1)
  }
  error(
    `The private key is in ${file}. Enrol this public key for the agent, on its page of credentials in the console:\n`,
  )
  out(`${printed}\n`)
  return 0
}

function check(json: boolean, { out }: Terminal): number {
  const found = RUNTIMES.map((name) => ({ name, ...runtimeHere(name) }))
  const can = found.some((each) => 'version' in each)
  if (json) out(`${JSON.stringify({ runtimes: found })}\n`)
  else
    for (const each of found)
      out(`${each.name}: ${'version' in each ? `${each.version}, can run` : each.problems.join(' ')}\n`)
  return can ? 0 : EXIT.unasked
}

function agentOf(given: string | undefined, env: Environment): Pick<Execution, 'server' | 'clientId' | 'clientSecret'> {
  const server = given ?? env['COUNTERSIGN_SERVER']?.trim().split(/\s+/)[0]
  if (server === undefined || !URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw new Trouble('Say which server: --server https://countersign.example.com', 2)
  const [clientId, clientSecret] = [env['COUNTERSIGN_CLIENT_ID'], env['COUNTERSIGN_CLIENT_SECRET']]
  if (!clientId || !clientSecret)
    throw new Trouble('Set COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET of the agent.', 2)
  return { server, clientId, clientSecret }
}

function keyOf(file: string | undefined) {
  if (file === undefined || file === '') return null
  try {
    return readRunnerKey(file)
  } catch (error) {
    throw new Trouble(`${file} cannot be used: ${error instanceof Error ? error.message : ''}`, 2)
  }
}

function placeOf(folder: string): string {
  try {
    return workspaceAt(folder)
  } catch (error) {
    throw new Trouble(error instanceof Error ? error.message : `${folder} is no workspace.`, 2)
  }
}

function runtimeOf(given: string | undefined) {
  const known = RUNTIMES.find((name) => name === given)
  if (given !== undefined && known === undefined) throw new Trouble(`--runtime takes ${RUNTIMES.join(' or ')}.`, 2)
  return known
}

function number(given: string, option: string, least: number, most: number): number {
  const read = Number(given)
  if (given.trim() === '' || !Number.isInteger(read) || read < least || read > most)
    throw new Trouble(`${option} takes a whole number from ${String(least)} to ${String(most)}.`, 2)
  return read
}

/** Fires when somebody at the terminal, or whoever runs this, ends it: what runs is killed, what waits is withdrawn. */
function interrupted(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      stop.abort(Object.assign(new Error(`${signal} ended it.`), { name: 'AbortError' }))
    })
  return stop.signal
}
