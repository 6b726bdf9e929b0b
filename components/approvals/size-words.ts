const UNITS = ['bytes', 'KB', 'MB', 'GB'] as const

/** A size for people, in steps of 1,000, and exactly: "1.05 MB (1,048,600 bytes)". */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  return `${Number((bytes / 1_000 ** step).toPrecision(3))} ${UNITS[step] ?? ''} (${bytes.toLocaleString('en')} bytes)`
}
