import { readFileSync, writeFileSync } from 'node:fs'
import { sha256 } from '@/lib/core/canonical'
import type { Ledger } from '@/lib/ledger/handle'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { signNote } from '@/lib/ledger/note'
import { ZipWriter } from './zip'

/** Bundles taken apart and put together again, for tests of what refuses them. Not for the product. */
export type Part = { name: string; content: Buffer }

/** The files of a stored zip, by its local headers. */
export function partsOf(path: string): Part[] {
  const bytes = readFileSync(path)
  const parts: Part[] = []
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50;) {
    const [length, name] = [bytes.readUInt32LE(at + 18), bytes.readUInt16LE(at + 26)]
    const start = at + 30 + name
    parts.push({ name: bytes.toString('latin1', at + 30, start), content: bytes.subarray(start, start + length) })
    at = start + length
  }
  return parts
}

/** Writes a bundle of some files as they are. */
export function write(path: string, parts: readonly Part[]): string {
  const zip = new ZipWriter()
  const bytes = parts.flatMap(({ name, content }) => zip.file(name, content))
  writeFileSync(path, Buffer.concat([...bytes, zip.end()]))
  return path
}

/** Changes a file's text. */
export function edit(parts: readonly Part[], name: string, change: (text: string) => string): Part[] {
  return parts.map((part) =>
    part.name === name ? { name, content: Buffer.from(change(part.content.toString('utf8')), 'utf8') } : part,
  )
}

/** Seals changed files anew, as only somebody who holds the log's own keys could: what is found then is found beneath the seal. */
export function reseal(
  parts: readonly Part[],
  { origin, receipt }: Ledger,
  change: (manifest: object) => object = (same) => same,
): Part[] {
  const files = parts
    .filter(({ name }) => !name.startsWith('manifest.'))
    .map(({ name, content }) => ({
      name,
      bytes: content.length,
      sha256: name.includes('entries/') ? null : sha256(content).toString('hex'),
    }))
  const old = JSON.parse(parts.find(({ name }) => name === 'manifest.json')?.content.toString('utf8') ?? '{}') as object
  const manifest = Buffer.from(JSON.stringify({ ...change(old), files }), 'utf8')
  const note = signNote(`countersign bundle v1\n${origin}\n${sha256(manifest).toString('base64')}\n`, [receipt])
  return [
    ...parts.filter(({ name }) => !name.startsWith('manifest.')),
    { name: 'manifest.json', content: manifest },
    { name: 'manifest.note', content: Buffer.from(note, 'utf8') },
  ]
}

/** The first two lines of a file in each other’s place. */
export const swapped = (text: string): string => {
  const [a = '', b = '', ...rest] = text.split('\n')
  return [b, a, ...rest].join('\n')
}

/** The last checkpoint, signed by the log's own key over another root: what a log that forked would hand out. */
export function forked(text: string, ledger: Ledger): string {
  const lines = text.trimEnd().split('\n')
  const last = JSON.parse(lines.pop() ?? '{}') as { note: string }
  const size = Number(last.note.split('\n')[1])
  const note = signCheckpoint({ origin: ledger.origin, size, root: Buffer.alloc(32) }, ledger.checkpoint)
  return `${[...lines, JSON.stringify({ ...last, note })].join('\n')}\n`
}

/** Says of the first file that it is deflated, in both places that say so. */
export function deflated(bytes: Buffer): Buffer {
  bytes.writeUInt16LE(8, 8)
  bytes.writeUInt16LE(8, bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])) + 10)
  return bytes
}
