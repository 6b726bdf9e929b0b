import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { LONGEST_LINE, readTraceLine, type TraceCall, type TraceFault } from '@/lib/trials/trace'
import { EXITS } from './exits'
import { Trouble } from './trouble'

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
}
const NEWLINE = 0x0a

function unreadable(file: string, error: unknown): Trouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return new Trouble(`${file}: ${FAILURES[code] ?? 'it cannot be read'}.`, EXITS.unusable)
}

/** The bytes of a file, or trouble in a sentence. */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** Every call of a trace in its order, line by line: a trace may be larger than memory. Faults are yielded in their place. */
export async function* readTrace(file: string): AsyncGenerator<TraceCall | TraceFault> {
  let line = 0
  for await (const raw of readLines(file)) {
    line += 1
    const read = readTraceLine(raw, line)
    if (read !== null) yield read
  }
}

/** The lines of a file as bytes. Of a line that is too long only the beginning is kept, enough to be refused. */
async function* readLines(file: string): AsyncGenerator<Buffer> {
  let kept: Buffer[] = []
  let length = 0
  const keep = (piece: Buffer) => {
    if (length <= LONGEST_LINE) kept.push(piece)
    length += piece.length
  }
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, end))
        yield Buffer.concat(kept)
        kept = []
        length = 0
        from = end + 1
      }
      keep(chunk.subarray(from))
    }
  } catch (error) {
    throw unreadable(file, error)
  }
  if (length > 0) yield Buffer.concat(kept)
}
