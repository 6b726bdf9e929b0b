// What the commands say while they work: a line per step, with the time it took.
const started = performance.now()
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Runs `work` and prints `name`, what it answers (a few words) and how long it took. */
export async function step(name, work) {
  const since = performance.now()
  const live = process.stdout.isTTY
  if (live) process.stdout.write(`  ${name.padEnd(13)} …`)
  try {
    const words = (await work()) ?? 'done'
    process.stdout.write(`${live ? '\r\x1b[K' : ''}  ${name.padEnd(13)} ${words}  ${seconds(since)}\n`)
  } catch (error) {
    if (live) process.stdout.write('\r\x1b[K')
    throw error
  }
}

export const say = (text) => process.stdout.write(`${text}\n`)
export const sinceStart = () => seconds(started)

/** Ends the process with one sentence. What is not a start error is a defect, and shows its stack. */
export function giveUp(error) {
  process.stderr.write(`countersign: ${error?.sentence ?? error?.stack ?? String(error)}\n`)
  process.exit(1)
}

/** An error whose sentence is all that is shown. */
export const sentence = (text) => Object.assign(new Error(text), { name: 'StartError', sentence: text })
