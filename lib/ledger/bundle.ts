/** Entries one after the other, each behind its length as a big-endian uint16 (C2SP tlog-tiles, entry bundles). */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > 0xffff) throw new RangeError('an entry of a bundle has at most 65,535 bytes')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

/** Reads a bundle; null when it is cut short. */
export function decodeBundle(bundle: Uint8Array): Buffer[] | null {
  const bytes = Buffer.from(bundle)
  const entries: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length) return null
    const end = at + 2 + bytes.readUInt16BE(at)
    if (end > bytes.length) return null
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}
