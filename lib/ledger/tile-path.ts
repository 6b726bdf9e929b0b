import { TILE_WIDTH } from '@/lib/ledger/tile'

/** What an address under `tile/` names (C2SP tlog-tiles): hashes of a level, or the entries under a level 0 tile. */
export interface TileAddress {
  level: number | 'entries'
  n: number
  /** Hashes or entries: 256 for a full one, 1 to 255 for a partial one. */
  width: number
}

const ADDRESS = /^(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/
const HIGHEST_LEVEL = 63

/** `<L>/<N>[.p/<W>]`: N in groups of three digits, all but the last with an `x` (1234067 is `x001/x234/067`). */
export function tilePath({ level, n, width }: TileAddress): string {
  const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0')
  const groups = digits.match(/.{3}/g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/** Reads what `tilePath` writes; null for everything else, such as a number with zeros in front or a width of 256. */
export function parseTilePath(path: string): TileAddress | null {
  const [, levelText, name, widthText] = ADDRESS.exec(path) ?? []
  if (levelText === undefined || name === undefined) return null
  const level = levelText === 'entries' ? levelText : Number(levelText)
  const address = { level, n: Number(name.replaceAll(/[x/]/g, '')), width: Number(widthText ?? TILE_WIDTH) } as const
  if (level !== 'entries' && level > HIGHEST_LEVEL) return null
  if (!Number.isSafeInteger(address.n) || (widthText !== undefined && address.width >= TILE_WIDTH)) return null
  return tilePath(address) === path ? address : null
}
