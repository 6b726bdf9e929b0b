const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SHAPE = /^([1-9][0-9]{0,4})(m|h|d)$/

/** A span of time as the language writes it: `30m`, `4h`, `2d`. Milliseconds; null where the text is none. */
export function parseDuration(text: string): number | null {
  const found = SHAPE.exec(text)
  if (found === null) return null
  return Number(found[1]) * UNITS[found[2] as keyof typeof UNITS] // the pattern holds it to these three
}

/** Milliseconds as the language writes them, in the largest unit that leaves nothing over: `90m`, `4h`, `2d`. */
export function durationText(ms: number): string {
  const unit = (['d', 'h', 'm'] as const).find((each) => ms % UNITS[each] === 0) ?? 'm'
  return `${String(Math.round(ms / UNITS[unit]))}${unit}`
}

/** The same in words: `30 minutes`, `1 hour`, `2 days`. */
export function durationWords(ms: number): string {
  const text = durationText(ms)
  const count = Number(text.slice(0, -1))
  const unit = { m: 'minute', h: 'hour', d: 'day' }[text.slice(-1) as keyof typeof UNITS]
  return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`
}
