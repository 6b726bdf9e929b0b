import type { Ended, Told } from './confined'
import type { Runtime } from './runtime'

/** What the ledger is told: digests and counts; the text only where it was asked for. */
export function outputOf({ code, stopped, stdout, stderr, reached }: Ended, runtime: Runtime): Record<string, unknown> {
  return { exit_code: code, ...(stopped !== null && { stopped }), stdout, stderr, reached, sandbox: runtime }
}

const MOST_REACHED = 20

/** The same without the text and with the first hosts alone: whatever a command said, this is recorded of it. */
export function shortened(output: unknown): unknown {
  if (typeof output !== 'object' || output === null || !('stdout' in output)) return undefined
  const { stdout, stderr, reached, ...rest } = output as { stdout: Told; stderr: Told; reached: unknown[] }
  const bare = ({ digest, bytes }: Told) => ({ digest, bytes, cut: true })
  return { ...rest, stdout: bare(stdout), stderr: bare(stderr), reached: reached.slice(0, MOST_REACHED) }
}
