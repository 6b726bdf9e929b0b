/** The four roles of DESIGN §7, in the order screens list them. Owner and on call are relations, not roles. */
export const ROLES = ['administrator', 'ciso', 'analyst', 'auditor'] as const
export type Role = (typeof ROLES)[number]

/** What each role is for, in the words the console shows beside its checkbox. */
export const ROLE_SAYS: Readonly<Record<Role, string>> = {
  administrator: 'Adds people and edits settings. Signs and approves nothing.',
  ciso: 'Signs boundaries and the baseline. Can halt and lift.',
  analyst: 'Decides held actions. Can halt and lift.',
  auditor: 'Reads everything, changes nothing.',
}

/** Whether some text is one of the four roles. */
export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text)
}

/**
 * Which roles one person may hold together. An administrator signs and approves nothing, so the role stands apart from
 * ciso and analyst; an auditor changes nothing, so that role stands alone (DESIGN §7). No role at all is fine: everybody
 * signed in may register agents and answer for them.
 * @returns the sentence to show beside the field, or undefined when the combination stands
 */
export function rolesProblem(roles: readonly Role[]): string | undefined {
  if (new Set(roles).size !== roles.length) return 'Each role once.'
  if (roles.includes('auditor') && roles.length > 1)
    return 'An auditor changes nothing, so an auditor holds no other role.'
  if (roles.includes('administrator') && roles.length > 1)
    return 'An administrator signs and approves nothing, so an administrator is neither ciso nor analyst.'
  return undefined
}

/** Roles in their fixed order, so that equal sets are written equally. */
export function inOrder(roles: readonly Role[]): Role[] {
  return ROLES.filter((role) => roles.includes(role))
}

/** "an administrator", "a ciso and an analyst", or "nobody with a role": how a refusal names who is asking. */
export function rolesInWords(roles: readonly Role[]): string {
  const words = inOrder(roles).map((role) => (role === 'ciso' ? 'a ciso' : `an ${role}`))
  return words.length > 0 ? words.join(' and ') : 'somebody without a role'
}
