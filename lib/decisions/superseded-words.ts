/** What can change about a request so that another takes its place: closed, in the order it is told. */
export const CHANGES = {
  tool: 'another tool',
  arguments: 'other arguments',
  resource: 'another resource',
  requester: 'another requester',
  boundary: 'another version of the boundary is in force',
  baseline: 'another version of the baseline, which binds every agent, is in force',
  holds: 'it is held by other rules now',
  untrusted: 'it comes with content nobody vouches for',
  edited: 'a person edited it',
  gate: 'the gate’s second look found something new',
  stopped: 'a halt, a suspension or a new signature came after the verdict',
} as const
export type Change = keyof typeof CHANGES

/** What changed, as a sentence without its full stop; what this version does not know is named as it was written. */
export function changeWords(changed: readonly string[]): string {
  const words = changed.map((one) => (Object.hasOwn(CHANGES, one) ? CHANGES[one as Change] : one))
  if (words.length === 0) return 'what it was about changed'
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
