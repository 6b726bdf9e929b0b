import { hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { Break } from './break'

/** One file of a bundle: where its bytes lie. */
export type Member = { name: string; at: number; length: number; crc: number }

/** An open bundle. Nothing of it is kept in memory but where its files lie. */
export type Archive = {
  members: readonly Member[]
  /**
   * One file's bytes, checked against what the manifest says of them once that is known, until then against the checksum.
   * @param room bytes to leave free before them
   */
  read: (member: Member, room?: 0 | 1) => Buffer
  /** From here on files are held to these SHA-256 (hexadecimal); null: what is in it is proven by the log itself. */
  expect: (digests: ReadonlyMap<string, string | null>) => void
  /** The files that were never read. */
  unread: () => Member[]
  close: () => void
}

/** The largest file a bundle may hold, in bytes: what this program holds in memory at once. */
export const MOST_BYTES = 8 * 1024 * 1024
const MOST_MEMBERS = 65_000
const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]*(\/[a-z0-9][a-z0-9.-]*)?$/

/**
 * Opens a zip file of the one form bundles have (PKWARE APPNOTE 6.3.10): files stored as they are, one directly after the other
 * from the first byte on, then the central directory, then its end record, and nothing else. Everything a zip file could do beyond that
 * (compress, encrypt, hide bytes, name a file twice, point elsewhere) is refused by name: two programs that read the same bundle
 * then see the same files, and none of them can be a bomb.
 * @throws Break
 */
export function openArchive(path: string): Archive {
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const bytes = (at: number, length: number): Buffer => {
      const buffer = Buffer.alloc(length)
      if (at < 0 || readSync(file, buffer, 0, length, at) !== length) throw new Break('cut_short')
      return buffer
    }
    const members = directoryOf(size, bytes)
    const left = new Set(members)
    let expected: ReadonlyMap<string, string | null> | null = null
    return {
      members,
      read: (member, room = 0) => {
        const whole = Buffer.allocUnsafe(member.length + room)
        if (readSync(file, whole, room, member.length, member.at) !== member.length) throw new Break('cut_short')
        check(member, whole.subarray(room), expected?.get(member.name))
        left.delete(member)
        return whole
      },
      expect: (digests) => {
        expected = digests
      },
      unread: () => [...left],
      close: () => {
        closeSync(file)
      },
    }
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** @param digest SHA-256; null: nothing to compare with; undefined: the checksum of the zip is all there is */
function check({ name, crc }: Member, content: Buffer, digest: string | null | undefined): void {
  if (digest === null) return
  if (digest === undefined ? crc32(content) === crc : hash('sha256', content) === digest) return
  throw new Break(crc32(content) === crc ? 'manifest_differs' : 'damaged', { file: name })
}

type Bytes = (at: number, length: number) => Buffer

function directoryOf(size: number, bytes: Bytes): Member[] {
  if (size < 4 || bytes(0, 4).readUInt32LE() !== 0x04034b50) throw new Break('not_a_bundle')
  if (size < 22) throw new Break('cut_short')
  const end = bytes(size - 22, 22)
  if (end.readUInt32LE() !== 0x06054b50)
    throw hasEnd(size, bytes) ? new Break('trailing_bytes') : new Break('cut_short')
  const [count, length, start] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)]
  if (end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== count || end.readUInt16LE(20) !== 0 || count > MOST_MEMBERS)
    throw new Break('not_a_bundle')
  if (start + length !== size - 22) throw new Break('trailing_bytes')
  if (length > count * (46 + 256)) throw new Break('trailing_bytes')

  const central = bytes(start, length)
  const members: Member[] = []
  const seen = new Set<string>()
  let [at, next] = [0, 0]
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > length || central.readUInt32LE(at) !== 0x02014b50) throw new Break('not_a_bundle')
    const nameLength = central.readUInt16LE(at + 28)
    const name = central.subarray(at + 46, at + 46 + nameLength).toString('latin1')
    const { crc, length: stored } = header(central.subarray(at + 8, at + 8 + 22), name)
    if (central.readUInt32LE(at + 30) !== 0 || central.readUInt16LE(at + 34) !== 0) throw new Break('trailing_bytes')
    if (seen.has(name)) throw new Break('duplicate_file', { file: name })
    seen.add(name)
    if (central.readUInt32LE(at + 42) !== next) throw new Break('trailing_bytes', { file: name })
    const local = bytes(next, 30 + nameLength)
    const again = header(local.subarray(6, 28), name)
    if (local.readUInt32LE() !== 0x04034b50 || local.readUInt16LE(26) !== nameLength || local.readUInt16LE(28) !== 0)
      throw new Break('trailing_bytes', { file: name })
    if (local.subarray(30).toString('latin1') !== name || again.crc !== crc || again.length !== stored)
      throw new Break('damaged', { file: name })
    members.push({ name, at: next + 30 + nameLength, length: stored, crc })
    next += 30 + nameLength + stored
    at += 46 + nameLength
  }
  if (at !== length || next !== start) throw new Break('trailing_bytes')
  return members
}

/** Flags to name length, which stand in the same order in both headers. */
function header(fields: Buffer, name: string): { crc: number; length: number } {
  if (!NAME.test(name) || name.length > 200)
    throw new Break('unsafe_name', { detail: JSON.stringify(name.slice(0, 80)) })
  const [flags, method, crc] = [fields.readUInt16LE(0), fields.readUInt16LE(2), fields.readUInt32LE(8)]
  const [compressed, length] = [fields.readUInt32LE(12), fields.readUInt32LE(16)]
  if (flags !== 0 || method !== 0 || compressed !== length) throw new Break('compressed', { file: name })
  if (length > MOST_BYTES) throw new Break('oversized', { file: name })
  return { crc, length }
}

/** Whether the end record stands somewhere before the end of the file. */
function hasEnd(size: number, bytes: Bytes): boolean {
  const tail = Math.min(size, 66_000)
  return bytes(size - tail, tail).includes(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
}
