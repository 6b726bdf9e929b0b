import { crc32 } from 'node:zlib'

/** A file in a zip that is being written: where it begins, for the directory at the end. */
type Written = { name: Buffer; crc: number; length: number; at: number }

/** 1 January 1980, the first day a zip file knows: a bundle says when it was made in its manifest. */
const NO_TIME = 0x0021_0000
const MOST_BYTES = 4_000_000_000

/**
 * Writes a zip file (PKWARE APPNOTE 6.3.10) file by file, remembering no content: each is stored as it is, directly after the one
 * before, without extra fields, so that the verifier can refuse whatever looks otherwise.
 */
export class ZipWriter {
  readonly #written: Written[] = []
  #at = 0

  /** How many bytes were written. */
  get size(): number {
    return this.#at
  }

  /** One whole file. RangeError when the zip would grow beyond what its format counts. */
  file(name: string, content: Buffer): Buffer[] {
    const file = { name: Buffer.from(name, 'latin1'), crc: crc32(content), length: content.length, at: this.#at }
    const head = Buffer.concat([signature(0x04034b50), fields(file), file.name])
    this.#at += head.length + content.length
    if (this.#at > MOST_BYTES) throw new RangeError('a zip of more than 4 GB')
    this.#written.push(file)
    return [head, content]
  }

  /** The directory, and the end. */
  end(): Buffer {
    const directory = Buffer.concat(this.#written.map(entryOf))
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(this.#written.length, 8)
    end.writeUInt16LE(this.#written.length, 10)
    end.writeUInt32LE(directory.length, 12)
    end.writeUInt32LE(this.#at, 16)
    return Buffer.concat([directory, end])
  }
}

/** What both headers of a file say, in this order: version, flags, method, time, checksum, two lengths, length of the name. */
function fields({ crc, length, name }: Written): Buffer {
  const bytes = Buffer.alloc(26)
  bytes.writeUInt16LE(10, 0)
  bytes.writeUInt32LE(NO_TIME, 6)
  bytes.writeUInt32LE(crc, 10)
  bytes.writeUInt32LE(length, 14)
  bytes.writeUInt32LE(length, 18)
  bytes.writeUInt16LE(name.length, 22)
  return bytes
}

function entryOf(file: Written): Buffer {
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(file.at, 10)
  return Buffer.concat([signature(0x02014b50), Buffer.from([10, 0]), fields(file), rest, file.name])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
