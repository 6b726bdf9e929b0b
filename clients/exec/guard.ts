import os from 'node:os'
import type { Confinement } from './confinement'

/** What of a sandbox's processes is its own and not the command's: its init, its bridge to the proxy, and the threads of those. */
export const OWN_TASKS = 32

/** The first Linux that counts the processes of a user namespace apart: before, the limit counts everything its user runs anywhere. */
const COUNTS_APART: readonly [number, number] = [5, 14]

/**
 * Runs inside, before the command, and becomes it. No core file; a limit on the data of each process, which is what it writes to and is its own (RLIMIT_DATA); one on the
 * processes and threads of this user in this sandbox (RLIMIT_NPROC; the kernel does not hold a runner that is root to it); and nothing is begun in another folder
 * than the one that was asked about, whoever put it there since. Words of POSIX sh, but for the two names of one option.
 */
const GUARD = `ulimit -c 0 2>/dev/null
ulimit -d "$2" 2>/dev/null
[ "$3" = 0 ] || ulimit -u "$3" 2>/dev/null || ulimit -p "$3" 2>/dev/null
if [ "$(stat -Lc %d:%i .)" != "$1" ]; then
  echo "countersign exec: another folder lies where the workspace was when this was asked." >&2
  exit 126
fi
shift 3
exec "$@"`

/** A command behind what guards it: the program and its arguments. */
export function guarded({ identity, bounds }: Confinement, command: readonly string[]): string[] {
  const processes = countsApart() ? bounds.processes + OWN_TASKS : 0
  const numbers = [identity, String(Math.ceil(bounds.memory / 1_024)), String(processes)]
  return ['/bin/sh', '-c', GUARD, 'countersign-exec', ...numbers, ...command]
}

function countsApart(): boolean {
  const [major = 0, minor = 0] = os.release().split('.').map(Number)
  return major > COUNTS_APART[0] || (major === COUNTS_APART[0] && minor >= COUNTS_APART[1])
}
