/** One thing to undo. The list grows as the server starts, and is undone from its end. */
export type Cleanup = { name: string; run: () => Promise<void> }

const PATIENCE_MS = 15_000

/** Undoes everything, last first. What fails or hangs is reported, and does not keep the rest from being undone. */
export async function stopInOrder(cleanups: Cleanup[]): Promise<void> {
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) {
    const { name, run } = next
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`not stopped after ${PATIENCE_MS / 1000} s`))
      }, PATIENCE_MS).unref()
    })
    try {
      await Promise.race([run(), late])
    } catch (error) {
      process.stderr.write(`countersign: ${name} did not stop cleanly: ${(error as Error).message}\n`)
    }
  }
}

/**
 * Stops on Ctrl-C, SIGTERM and a closed terminal, and ends the process once everything is undone; a second signal changes
 * nothing. A defect that nobody caught stops the same way, with exit code 1. Answers how to stop by hand, and whether it has begun.
 */
export function onStopSignals(stopAll: () => Promise<void>): { stop: () => Promise<void>; begun: () => boolean } {
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= stopAll())
  const end = (code: number) => {
    void stop().then(() => process.exit(code))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      end(0)
    })
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      process.stderr.write(`countersign: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      end(1)
    })
  }
  stopWithNpm(() => {
    end(0)
  })
  return { stop, begun: () => stopping !== undefined }
}

/** npm may be killed without telling us (a shell between us swallows the signal): its child must not go on alone. */
function stopWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    stop()
  }, 500)
  watch.unref()
}
