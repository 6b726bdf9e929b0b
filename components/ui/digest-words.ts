/**
 * A digest as people compare it: hex in groups of four. `short` is the first two groups and the last, as one reads it
 * aloud; `full` is all of it. A text that is not `algorithm:hex` is given back whole, never shortened into a likeness.
 */
export function digestWords(digest: string): { short: string; full: string } {
  const match = /^(?:([a-z0-9]+):)?([0-9a-f]{16,})$/.exec(digest)
  if (!match) return { short: digest, full: digest }
  const prefix = match[1] ? `${match[1]}:` : ''
  const groups = match[2]?.match(/.{1,4}/g) ?? []
  return { short: `${prefix}${groups[0]} ${groups[1]} … ${groups.at(-1)}`, full: `${prefix}${groups.join(' ')}` }
}
