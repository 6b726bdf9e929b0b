import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'
import { hiding, INSIDE_PORT, programAt } from './bubblewrap'
import { type Confinement, SANDBOX_HOME } from './confinement'
import { guarded } from './guard'
import { ETC } from './shown'
import { tmpfsKilobytes } from './usage'

export const SANDBOX_RUNTIME = '@anthropic-ai/sandbox-runtime'

/** What of the package is used (0.0.78, the last for Node 20). */
type Package = {
  SandboxManager: {
    initialize: (config: Record<string, unknown>) => Promise<void>
    wrapWithSandbox: (command: string, binShell?: string) => Promise<string>
    cleanupAfterCommand: () => void
    reset: () => Promise<void>
  }
}

const require = createRequire(import.meta.url)

/** Its folder and version; null where it is not installed. */
export function sandboxRuntimeAt(): { folder: string; version: string } | null {
  try {
    const main = require.resolve(SANDBOX_RUNTIME)
    const folder = main.slice(0, main.lastIndexOf(`${path.sep}dist${path.sep}`))
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder, version }
  } catch {
    return null
  }
}

/** Why it cannot run here; null where it can. It needs bubblewrap, socat and ripgrep, and its own seccomp filter for this processor. */
export function sandboxRuntimeProblem(): string | null {
  if (process.platform !== 'linux') return 'It is used on Linux alone so far.'
  const at = sandboxRuntimeAt()
  if (at === null) return `${SANDBOX_RUNTIME} is not installed.`
  const missing = ['bwrap', 'socat', 'rg', 'bash'].filter((name) => programAt(name) === null)
  if (missing.length > 0)
    return `${SANDBOX_RUNTIME} needs ${missing.join(', ')} (Debian: apt-get install bubblewrap socat ripgrep).`
  if (!fs.existsSync(seccompOf(at.folder))) return `${SANDBOX_RUNTIME} has no filter for ${process.arch}.`
  const shared = SHARED.find((folder) => fs.existsSync(folder))
  return shared === undefined ? null : `${shared} is there, which ${SANDBOX_RUNTIME} shows to every command, writable.`
}

/** Folders of the machine that the package always binds, writable, where they exist: its `SANDBOX_OWN_WRITE_PATHS`. */
const SHARED = ['/tmp/claude', '/private/tmp/claude']

const seccompOf = (folder: string): string => path.join(folder, 'vendor', 'seccomp', process.arch, 'apply-seccomp')

/**
 * A command in the words of a shell that runs it under sandbox-runtime: everything is unreadable but the system's programs and the workspace, all
 * traffic goes to our own proxy. One at a time in a process: the package keeps its state to itself.
 * @param port of the proxy; null: there is none, and nothing is reached
 * @param folder for its sockets: it hides the machine's folder for such things from the command, and its own sockets with it
 */
export async function wrapped(
  confinement: Confinement,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  { port, folder }: { port: number | null; folder: string },
): Promise<{ line: string; done: () => Promise<void> }> {
  const { workspace, writable, hosts, bounds } = confinement
  const at = sandboxRuntimeAt()
  if (at === null) throw new Error(`${SANDBOX_RUNTIME} is not installed.`)
  if (workspace.includes(' --')) throw new Error(`A folder whose name holds " --" is no workspace here: ${workspace}`)
  const { SandboxManager } = (await import(SANDBOX_RUNTIME)) as Package
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  const done = async () => {
    SandboxManager.cleanupAfterCommand()
    await SandboxManager.reset()
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
  try {
    await SandboxManager.initialize({
      network: {
        allowedDomains: (hosts ?? []).map((host) => host.replace(/:[0-9]+$/, '')),
        deniedDomains: [],
        allowLocalBinding: false,
        ...(port !== null && { httpProxyPort: port, socksProxyPort: port }),
      },
      ...dying(folder),
      filesystem: {
        denyRead: ['/'],
        allowRead: [...READABLE.filter((file) => fs.existsSync(file)), seccompOf(at.folder), folder, workspace],
        allowWrite: writable ? [workspace] : [],
        denyWrite: [],
      },
    })
    // the package sets variables of its own, with the command in some of them: the command is given ours alone
    const only = [
      ...['env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      ...guarded(confinement, command),
    ]
    const begin = port === null ? '' : `${UNTIL_RELAYED}; `
    const prelude = `mkdir -p ${SANDBOX_HOME}; ${begin}exec ${only.map(quoted).join(' ')}`
    const line = await SandboxManager.wrapWithSandbox(prelude)
    const sockets = fs.readdirSync(folder).map((name) => path.join(folder, name))
    const stray = strayIn(line, prelude, [...sockets, ...(writable ? [workspace] : [])])
    if (stray !== null) throw new Error(`${SANDBOX_RUNTIME} would give the command ${stray}, writable.`)
    return { line: `exec ${limited(line, prelude, bounds.memory)}`, done }
  } catch (error) {
    await done()
    throw error
  }
}

/**
 * The package starts the relay to the proxy beside the command and waits for nothing: on a busy machine the command's first request met no relay and was
 * refused like one that may not go out. This waits until it listens, for 10 s at most; without it nothing is reached.
 */
const RELAY = `:${INSIDE_PORT.toString(16).toUpperCase().padStart(4, '0')} [0:]* 0A`
const UNTIL_RELAYED = `n=0; until grep -qs '${RELAY}' /proc/net/tcp /proc/net/tcp6 || [ $n -ge 500 ]; do n=$((n+1)); sleep 0.02; done`

/**
 * The same line with what the package has no option for: how large its file systems in memory may grow, and what of /usr is hidden. Every part of the line is a
 * word between blanks, and no folder of ours holds ` --`.
 * @throws Error where it does not look as it does in the version that was tried: then nothing runs
 */
function limited(line: string, prelude: string, memory: number): string {
  const end = line.indexOf(prelude.slice(0, prelude.indexOf("'")))
  const [before, after, more] = line.slice(0, end).split(' --dev /dev ')
  if (before === undefined || after === undefined || more !== undefined)
    throw new Error(`${SANDBOX_RUNTIME} makes its sandboxes otherwise than in the version that was tried.`)
  const size = `--size ${String(tmpfsKilobytes(memory) * 1_024)} --tmpfs `
  const [sized, then] = [before, after].map((part) => part.replaceAll(' --tmpfs ', ` ${size}`))
  const made = [...hiding().map(quoted), `--dev /dev ${size}/dev/shm --remount-ro /dev`]
  return `${sized ?? ''} ${made.join(' ')} ${then ?? ''}${line.slice(end)}`
}

/**
 * What a line of the package binds writable beyond what it may: it has paths of its own, whatever it is told, and one may have been made since it was
 * asked whether it can run. Null: nothing.
 */
function strayIn(line: string, prelude: string, may: readonly string[]): string | null {
  const end = line.indexOf(prelude.slice(0, prelude.indexOf("'")))
  if (end < 0) return 'what cannot be read'
  const known = may.flatMap((file) => [file, `'${file}'`])
  const rest = known.reduce((left, file) => left.replaceAll(` --bind ${file} ${file} `, '  '), line.slice(0, end))
  return / --(?:dev-)?bind\S* +(\S+)/.exec(rest)?.[1] ?? null
}

const READABLE = ['/usr', ...ETC]

/**
 * The package starts a socat outside the sandbox, which would outlive whoever is killed without a warning: it is told of its parent's death, where
 * util-linux is there to do that.
 */
function dying(folder: string): { socatPath?: string } {
  const [setpriv, socat] = [programAt('setpriv'), programAt('socat')]
  if (setpriv === null || socat === null) return {}
  const file = path.join(folder, 'socat')
  fs.writeFileSync(file, `#!/bin/sh\nexec ${setpriv} --pdeathsig KILL ${socat} "$@"\n`, { mode: 0o755 })
  return { socatPath: file }
}

/** One word of a shell, whatever it holds. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`
