import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { installOnce } from '../../lib/core/install-testing'

/** The version the hooks were measured with. It is proprietary: installed where a test runs, and never part of this repository. */
export const CLAUDE_CODE_VERSION = '2.1.329'
export const CLAUDE_AGENT_SDK_VERSION = '0.3.329'

let found: string | null | undefined

/**
 * The real Claude Code, or null where it cannot be had: the one `COUNTERSIGN_CLAUDE_CODE` names, else one that is installed once into a cache
 * beside the temporary files.
 */
export function claudeCode(): string | null {
  found ??= find()
  if (found === null)
    process.stderr.write(
      `\n!!! Claude Code ${CLAUDE_CODE_VERSION} could not be had: NOTHING of its hooks is tested here with the real client.\n\n`,
    )
  return found
}

let sdk: string | null | undefined

/** The real Claude Agent SDK as a program imports it, or null where it cannot be had; found or installed in the same way. */
export function claudeAgentSdk(): string | null {
  if (sdk === undefined) {
    const folder = installed(
      `claude-agent-sdk-${CLAUDE_AGENT_SDK_VERSION}`,
      `@anthropic-ai/claude-agent-sdk@${CLAUDE_AGENT_SDK_VERSION}`,
    )
    const module = path.join(folder, 'node_modules/@anthropic-ai/claude-agent-sdk/sdk.mjs')
    sdk = existsSync(module) && inside(folder) !== null ? module : null
    if (sdk === null)
      process.stderr.write(
        `\n!!! The Claude Agent SDK ${CLAUDE_AGENT_SDK_VERSION} could not be had: its hooks are NOT tested here.\n\n`,
      )
  }
  return sdk
}

/** A folder of the cache in which a package lies, installed where it is not there yet. */
function installed(name: string, wanted: string): string {
  const folder = path.join(os.tmpdir(), 'countersign-cache', name)
  installOnce(
    folder,
    (at) => inside(at) !== null,
    (at) => {
      const args = ['install', '--prefix', at, '--no-audit', '--no-fund', '--ignore-scripts', wanted]
      spawnSync('npm', args, { stdio: 'ignore', timeout: 240_000 })
    },
  )
  return folder
}

function find(): string | null {
  const named = process.env.COUNTERSIGN_CLAUDE_CODE
  if (named !== undefined && named !== '') return works(named) ? named : null
  return inside(installed(`claude-code-${CLAUDE_CODE_VERSION}`, `@anthropic-ai/claude-code@${CLAUDE_CODE_VERSION}`))
}

/** The program of this machine's system, as its own package holds it: the other is only a link to it. */
function inside(folder: string): string | null {
  const packages = path.join(folder, 'node_modules/@anthropic-ai')
  if (!existsSync(packages)) return null
  const programs = readdirSync(packages)
    .filter((name) => /^claude-(?:code|agent-sdk)-/.test(name))
    .flatMap((name) => ['claude', 'claude.exe', 'bin/claude'].map((file) => path.join(packages, name, file)))
  return programs.find((file) => existsSync(file) && works(file)) ?? null
}

function works(program: string): boolean {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 60_000 })
  return status === 0 && stdout.includes('Claude Code')
}

export type SessionOptions = {
  program: string
  /** of the model */
  model: string
  /** where it works; its home is beside it */
  folder: string
  prompt: string
  /** a settings file */
  settings?: string
  token?: string
  /** more of its environment */
  env?: Readonly<Record<string, string>>
  args?: readonly string[]
  /** run by this, as by a shell that mounts something first */
  through?: readonly string[]
}

export type Session = {
  child: ChildProcess
  /** everything it printed: a JSON document a line */
  output: () => string
  /** its exit code */
  ended: Promise<number | null>
}

/** What a real client of the model needs to stay on this machine, and nothing of this process's own environment. */
export function clientEnvironment(model: string, home: string): Record<string, string> {
  mkdirSync(home, { recursive: true })
  return {
    PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: 'sk-ant-none-at-all',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
  }
}

/** Starts a session that plays its prompt and ends, with nothing of this process's own environment. */
export function startSession({
  program,
  model,
  folder,
  prompt,
  settings,
  token,
  env: more = {},
  args = [],
  through = [],
}: SessionOptions): Session {
  const env = {
    ...clientEnvironment(model, path.join(folder, '..', 'home')),
    ...(token !== undefined && { COUNTERSIGN_TOKEN: token }),
    ...more,
  }
  const all = [
    '-p',
    prompt,
    ...(settings === undefined ? [] : ['--settings', settings]),
    '--output-format',
    'stream-json',
    '--verbose',
    ...args,
  ]
  const [first = program, ...rest] = [...through, program, ...all]
  const child = spawn(first, rest, {
    cwd: folder,
    env: env as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      resolve(code)
    })
  })
  return { child, output: () => text, ended }
}
