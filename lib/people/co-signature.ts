import type { Role } from './role'

/** What an administrator does to a ciso only with another ciso's co-signature (DESIGN §7), in the words of the table. */
export const COSIGNED = ['grant_ciso', 'revoke_ciso', 'reset', 'deactivate'] as const
export type CosignedChange = (typeof COSIGNED)[number]

/** What such a change does, for the person who is asked to co-sign it. `name` is whom it is about. */
export function changeInWords(change: CosignedChange, name: string): string {
  switch (change) {
    case 'grant_ciso':
      return `Make ${name} a ciso`
    case 'revoke_ciso':
      return `Take the role of ciso from ${name}`
    case 'reset':
      return `Give ${name} a link for a new password`
    case 'deactivate':
      return `Deactivate ${name}`
  }
}

/**
 * Whether a change waits for a ciso. The first ciso of an organisation needs none, because there is nobody to ask; "first"
 * means that no person has ever held the role, deactivated ones included: otherwise an administrator would remove the only
 * ciso and put in one of their own.
 * @param cisoEver whether any person, active or not, holds the role of ciso
 */
export function needsCosignature(
  change: CosignedChange,
  target: { roles: readonly Role[] },
  cisoEver: boolean,
): boolean {
  return change === 'grant_ciso' ? cisoEver : target.roles.includes('ciso')
}
