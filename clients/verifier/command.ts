import { verifyBundle } from './verify'
import { say } from './words'

export type CommandOptions = {
  vkey?: string | undefined
  sample?: string | undefined
  seed?: string | undefined
  json?: boolean | undefined
}

/** Verifies one bundle and prints what was found; answers 0 (whole) or 1 (not whole). Throws a sentence when it cannot begin. */
export async function checkBundle(file: string, { vkey, json, ...drawn }: CommandOptions): Promise<number> {
  const verdict = await verifyBundle(file, { vkey, own: sampleOf(drawn) })
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : say(verdict))
  return verdict.whole ? 0 : 1
}

/** The sample of the reader's own, where one is asked for. Throws a sentence when only half of it is said. */
export function sampleOf({
  sample,
  seed,
}: Pick<CommandOptions, 'sample' | 'seed'>): { count: number; seed: string } | undefined {
  if ((sample === undefined) !== (seed === undefined)) throw new Error('a sample needs both --sample and --seed')
  const count = Number(sample ?? 1)
  if (!Number.isSafeInteger(count) || count < 1) throw new Error('--sample is a whole number from 1 on')
  return seed === undefined ? undefined : { count, seed }
}
