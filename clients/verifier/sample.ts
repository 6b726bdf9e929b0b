import { hash } from 'node:crypto'
import { Break } from './break'
import { hashesOf, type Head } from './log'
import { memberOf, readJson } from './manifest'
import { nodePrimitives } from './node'
import { fromHex, toHex } from './proof/bytes'
import { isConsistent, rootOfInclusion } from './proof/merkle'
import type { Archive } from './zip'

/**
 * Draws `count` of the places given, from a seed: each place is given the SHA-256 of the seed and its decimal number, joined by a colon,
 * and the smallest hashes win. Anybody can do it again with `sha256sum`. Answers places in the order of the log.
 */
export function draw(population: readonly number[], count: number, seed: string): number[] {
  return population
    .map((index) => ({ index, rank: hash('sha256', `${seed}:${String(index)}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b)
}

/** `sample.json`: the seed is the root of the log right after the entry that recorded what would be drawn. */
type SampleFile = {
  count: number
  population: number
  seed: string
  entry: number
  inclusion: string[]
  consistency: string[]
  drawn: number[]
}

/**
 * Draws the sample of a bundle again. Its seed is the root of the tree that ends with the entry in which this export and
 * the size of its sample were recorded: it did not exist before they were fixed.
 * @param leaf the leaf hash of that entry, which was proven before
 * @throws Break `sample_differs`
 */
export async function checkSample(
  archive: Archive,
  head: Head,
  made: { entry: number; leaf: Uint8Array },
  population: readonly number[],
): Promise<SampleFile> {
  const file = 'sample.json'
  const sample = readJson<SampleFile>(archive.read(memberOf(archive, file)), file)
  const { entry, seed, count, drawn } = sample
  const root = await rootOfInclusion(nodePrimitives, entry, entry + 1, made.leaf, hashesOf(sample.inclusion, file))
  if (entry !== made.entry || !root || toHex(root) !== seed)
    throw new Break('sample_differs', { file, detail: 'its seed' })
  const follows = hashesOf(sample.consistency, file)
  if (!(await isConsistent(nodePrimitives, entry + 1, head.size, follows, fromHex(seed) ?? root, head.root)))
    throw new Break('sample_differs', { file, detail: 'its seed is no root of this log' })
  const again = draw(population, count, seed)
  if (sample.population !== population.length || again.join() !== drawn.join())
    throw new Break('sample_differs', { file })
  return sample
}
