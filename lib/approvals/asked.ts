/** Who may answer: a role, whoever is on call, the agent's owner, a team (`team:payments`), or one person by their address. */
export type Asked = 'analyst' | 'ciso' | 'on_call' | 'owner' | `team:${string}` | `${string}@${string}`

/** Who answers a held action where nobody said anything else. */
export const DEFAULT_ASKED: readonly Asked[] = ['analyst']

const WORDS: Readonly<Record<string, string>> = {
  analyst: 'an analyst',
  ciso: 'a CISO',
  on_call: 'whoever is on call',
  owner: 'the owner of the agent',
}

/** Who may answer, in words: `an analyst or somebody of team payments`. */
export function askedWords(asked: readonly string[]): string {
  const words = asked.map((one) => WORDS[one] ?? (one.startsWith('team:') ? `somebody of team ${one.slice(5)}` : one))
  return words.length < 2 ? (words[0] ?? 'nobody') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}
