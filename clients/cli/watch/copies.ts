import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { checkpointText, parseCheckpoint, type Checkpoint } from '@/lib/ledger/checkpoint'
import { thin } from '@/lib/ledger/thin'

/** A checkpoint as it lies in the folder. */
export interface Copy extends Checkpoint {
  note: string
  file: string
}

const NAME = /^[0-9]{16}-[0-9a-f]{16}\.checkpoint$/
/** As many copies as a folder keeps: then older ones are thinned, and the first always stays. */
const MOST = 1_000

/** Every kept checkpoint, smallest first. Throws Error naming a file that is no checkpoint: somebody changed the evidence. */
export function readCopies(folder: string): Copy[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
  return files.map((name) => {
    const file = path.join(folder, name)
    const note = readFileSync(file, 'utf8')
    const said = parseCheckpoint(checkpointText(note) ?? '')
    if (!said || nameOf(said) !== name) throw new Error(`${file} is not the checkpoint it was kept as`)
    return { ...said, note, file }
  })
}

/** Keeps a checkpoint, on disk before this returns; one of the same size and root is replaced by what is newer. */
export function keepCopy(folder: string, checkpoint: Checkpoint, note: string): void {
  writeWhole(path.join(folder, nameOf(checkpoint)), note)
  const files = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
  for (const name of thin(files, MOST, (name) => Number(name.slice(0, 16))))
    rmSync(path.join(folder, name), { force: true })
}

/** What shows the fault, beside the copies and never overwritten. Answers where. */
export function keepEvidence(folder: string, note: string, now: Date): string {
  const file = path.join(folder, `evidence-${now.toISOString().replaceAll(/[:.]/g, '-')}.txt`)
  writeWhole(file, note)
  return file
}

/** A file whole or not at all, for its user alone. */
export function writeWhole(file: string, text: string): void {
  const draft = `${file}.${String(process.pid)}`
  const handle = openSync(draft, 'w', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(draft, file)
}

function nameOf({ size, root }: Checkpoint): string {
  return `${String(size).padStart(16, '0')}-${root.toString('hex').slice(0, 16)}.checkpoint`
}
