/** What is known of a person that such a word can mean. `team` is its name. */
export type Askable = { email: string; roles: readonly string[]; onCall: boolean; team: string | null }

/** Administrators and auditors approve nothing (DESIGN §7), whoever names them. */
const NEVER_ASKED: readonly string[] = ['administrator', 'auditor']

/** Every word that means this person, but for `owner`, which depends on the agent. */
export function wordsFor({ email, roles, onCall, team }: Askable): string[] {
  if (roles.some((role) => NEVER_ASKED.includes(role))) return []
  return [...roles, ...(onCall ? ['on_call'] : []), ...(team === null ? [] : [`team:${team}`]), email.toLowerCase()]
}
