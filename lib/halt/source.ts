import type { Named } from './targets'
import { HALT_SCOPES, HALTS, type HaltScope } from './halt'

/** What one source may engage: a scope, alone or with a name: `tool`, `environment:staging`. */
export type Allowance = { scope: HaltScope; name: string | null }

/** Reads `scope` or `scope:name`; null for anything else. The organisation has no name. */
export function readAllowance(text: string): Allowance | null {
  const at = text.indexOf(':')
  const scope = HALT_SCOPES.find((each) => each === (at === -1 ? text : text.slice(0, at)))
  if (scope === undefined) return null
  const name = at === -1 ? null : text.slice(at + 1)
  return name === '' || (name !== null && HALTS[scope].named === null) ? null : { scope, name }
}

/** Whether a source that may `may` may engage a halt of this; what cannot be read allows nothing. */
export function sourceMay(may: readonly string[], asked: { scope: HaltScope } & Named): boolean {
  const field = HALTS[asked.scope].named
  return may
    .map(readAllowance)
    .some(
      (one) =>
        one !== null &&
        one.scope === asked.scope &&
        (one.name === null || (field !== null && asked[field] === one.name)),
    )
}
