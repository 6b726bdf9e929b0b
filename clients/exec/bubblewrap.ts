import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { type Confinement, SANDBOX_HOME } from './confinement'
import { guarded } from './guard'
import { ETC, hiddenHere } from './shown'
import { tmpfsKilobytes } from './usage'

/** The address inside a sandbox at which its proxy listens. */
export const INSIDE_PORT = 3128
const SOCKET = '/run/countersign/egress.sock'
const NODE = '/run/countersign/node'

/** An empty environment. Next's types demand one variable of every environment, which a sandbox has no use for. */
const NOTHING = {} as NodeJS.ProcessEnv

/** Where a program lies, or null. */
export function programAt(name: string): string | null {
  const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin']
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file)) ?? null
}

/** The version of the bubblewrap of this machine; null where there is none. */
export function bubblewrapVersion(): string | null {
  const bwrap = programAt('bwrap')
  if (bwrap === null) return null
  try {
    return (
      /([0-9]+(?:\.[0-9]+)+)/.exec(execFileSync(bwrap, ['--version'], { encoding: 'utf8', env: NOTHING }))?.[1] ?? null
    )
  } catch {
    return null
  }
}

/** Why bubblewrap cannot make a sandbox here; null where it can. One is made to know. */
export function bubblewrapProblem(): string | null {
  if (process.platform !== 'linux') return 'Sandboxes are made on Linux alone so far.'
  const bwrap = programAt('bwrap')
  if (bwrap === null) return 'bubblewrap is not installed (Debian: apt-get install bubblewrap).'
  try {
    const args = [
      '--unshare-all',
      '--unshare-user',
      '--ro-bind',
      '/usr',
      '/usr',
      ...linked(),
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--',
      '/usr/bin/true',
    ]
    execFileSync(bwrap, args, { stdio: 'pipe', env: NOTHING, timeout: 10_000 })
    return null
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer }
    return `bubblewrap cannot make a sandbox here: ${(stderr?.toString() ?? String(error)).trim().slice(0, 300)}`
  }
}

/** The system's programs as they lie here: `/bin` is a link into `/usr`, or a folder of its own. */
function linked(): string[] {
  return ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap((folder) => {
    const stat = fs.lstatSync(folder, { throwIfNoEntry: false })
    if (stat === undefined) return []
    return stat.isSymbolicLink() ? ['--symlink', fs.readlinkSync(folder), folder] : ['--ro-bind', folder, folder]
  })
}

/**
 * The arguments of bubblewrap for one command. New namespaces for users, processes, network, mounts, IPC and host name; no capability; no
 * further user namespaces; a file system put together from the system's programs read-only, the workspace, and empty memory for the rest. It dies with
 * its parent, and with the command dies whatever it started: the process namespace ends.
 * @param socket of the proxy, where there is an egress
 */
export function bubblewrapArguments(
  confinement: Confinement,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  socket: string | null,
  files: { passwd: string; group: string; hosts: string },
): string[] {
  const etc = ETC.flatMap((file) => ['--ro-bind-try', file, file])
  const own = Object.entries(files).flatMap(([name, file]) => ['--ro-bind', file, `/etc/${name}`])
  const egress = socket === null ? [] : ['--ro-bind', socket, SOCKET, '--ro-bind', process.execPath, NODE]
  const { workspace, writable, bounds } = confinement
  const begun = guarded(confinement, command)
  const inside = socket === null ? begun : [NODE, '-e', BRIDGE, '--', ...begun]
  const memory = (folder: string) => ['--size', String(tmpfsKilobytes(bounds.memory) * 1_024), '--tmpfs', folder]
  return [
    ...[
      '--unshare-all',
      '--unshare-user',
      '--disable-userns',
      '--die-with-parent',
      '--new-session',
      '--cap-drop',
      'ALL',
    ],
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'sandbox', '--clearenv'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--ro-bind', '/usr', '/usr', ...linked(), '--dir', '/etc', ...etc, ...own],
    ...hiding(),
    ...['--proc', '/proc', '--dev', '/dev', ...memory('/dev/shm'), '--remount-ro', '/dev'],
    ...[...memory('/tmp'), '--dir', SANDBOX_HOME, '--tmpfs', '/run', '--dir', '/var/tmp'],
    ...[...egress, '--remount-ro', '/run'],
    ...[writable ? '--bind' : '--ro-bind', workspace, workspace, '--chdir', workspace],
    ...['--remount-ro', '/', '--', ...inside],
  ]
}

/** Empty folders and files in the place of what is hidden, in words of bubblewrap. */
export function hiding(): string[] {
  const { folders, files } = hiddenHere()
  return [
    ...folders.flatMap((folder) => ['--tmpfs', folder, '--remount-ro', folder]),
    ...files.flatMap((file) => ['--ro-bind', '/dev/null', file]),
  ]
}

// Runs inside: passes what comes to the proxy's port to its socket, for the sandbox has no other way out, and starts the command.
const BRIDGE = `
const net = require('net'), os = require('os')
const args = process.argv.slice(1)
const server = net.createServer((c) => { const u = net.connect(${JSON.stringify(SOCKET)}); c.pipe(u); u.pipe(c); c.on('error', () => u.destroy()); u.on('error', () => c.destroy()) })
server.listen(${String(INSIDE_PORT)}, '127.0.0.1', () => {
  const child = require('child_process').spawn(args[0], args.slice(1), { stdio: 'inherit' })
  child.on('error', (e) => { process.stderr.write(args[0] + ': ' + e.message + '\\n'); process.exit(e.code === 'ENOENT' ? 127 : 126) })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code))
})
`
