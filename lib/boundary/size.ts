const UNITS = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 } as const
const SHAPE = /^([1-9][0-9]{0,6})(MB|GB|MiB|GiB)$/

/** The least and the most memory the language lets anybody ask for, in bytes. */
const [LEAST, MOST] = [16e6, 16e12]
export const SIZE_WORDS = 'an amount of memory from 16MB to 16000GB, such as 512MB or 4GiB'

/** An amount of memory as the language writes it: `512MB`, `4GiB`. Bytes; null where the text is none, or out of bounds. */
export function parseSize(text: string): number | null {
  const found = SHAPE.exec(text)
  if (found === null) return null
  const bytes = Number(found[1]) * UNITS[found[2] as keyof typeof UNITS] // the pattern holds it to these four
  return bytes >= LEAST && bytes <= MOST ? bytes : null
}

/** Bytes as the language writes them, in the largest unit that leaves nothing over; `about 12.4GB` where none does. */
export function sizeText(bytes: number): string {
  const unit = (['GiB', 'GB', 'MiB', 'MB'] as const).find((each) => bytes % UNITS[each] === 0)
  return unit === undefined ? `about ${(bytes / UNITS.GB).toFixed(1)}GB` : `${String(bytes / UNITS[unit])}${unit}`
}
