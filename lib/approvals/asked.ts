/** Who may answer: a role, whoever is on call, the agent's owner, a team (`team:payments`), or one person by their address. */
export type Asked = 'analyst' | 'ciso' | 'on_call' | 'owner' | `team:${string}` | `${string}@${string}`

/** Who answers a held action where nobody said anything else. */
export const DEFAULT_ASKED: readonly Asked[] = ['analyst']

/** What is known of a person that such a word can mean. `team` is its name. */
export type Askable = { email: string; roles: readonly string[]; onCall: boolean; team: string | null }

/** Administrators and auditors approve nothing (DESIGN §7), whoever names them. */
const NEVER_ASKED: readonly string[] = ['administrator', 'auditor']

/** Every word that means this person, but for `owner`, which depends on the agent. */
export function wordsFor({ email, roles, onCall, team }: Askable): string[] {
  if (roles.some((role) => NEVER_ASKED.includes(role))) return []
  return [...roles, ...(onCall ? ['on_call'] : []), ...(team === null ? [] : [`team:${team}`]), email.toLowerCase()]
}

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
