import { type Asking, holds, type Permission, type Rule, type Subject } from './act'
import { type Act, ACTS } from './acts'
import { overCommandLine } from './command-line'
import { rolesInWords } from './role'

export type { Asking, Permission, Subject } from './act'
export type { Act } from './acts'

/**
 * Whether a person may do an act to a subject, and the sentence to show when not. Pure; unknown acts do not compile, and
 * whatever is not granted here is refused.
 */
export function can(person: Asking, act: Act, subject: Subject = {}): Permission {
  return judge(person, act, ACTS[act], subject)
}

function judge(person: Asking, act: Act, rule: Rule, subject: Subject): Permission {
  if (person.deactivated) return { ok: false, reason: 'This account is deactivated.' }
  if (person.commandLine && !overCommandLine(act))
    return { ok: false, reason: 'The command line does not do this: it is done in the console, in a browser.' }
  if (person.halts && !rule.halts)
    return { ok: false, reason: 'This API token engages halts and lists them; it does nothing else.' }
  if (person.readOnly && rule.effect !== 'read' && !(person.drafts && rule.drafts) && !(person.halts && rule.halts))
    return {
      ok: false,
      reason: person.drafts
        ? 'This API token reads, and drafts boundaries; it changes nothing else.'
        : 'An API token reads; it changes nothing.',
    }
  if (rule.effect === 'write' && person.roles.includes('auditor'))
    return { ok: false, reason: 'An auditor reads everything and changes nothing.' }
  if (!holds(person, rule.may, subject))
    return { ok: false, reason: `${rule.says} You are ${rolesInWords(person.roles)}.` }
  const barred = rule.unless?.(person, subject)
  return barred ? { ok: false, reason: barred } : { ok: true }
}

/**
 * Whether a person may do an act to anything at all: refuses those whom no relation to any subject would help, before a
 * subject is looked up or a body is read.
 */
export function mightEver(person: Asking, act: Act): Permission {
  const anything: Subject = { ownerId: person.id, drafterId: person.id, personId: person.id }
  const { unless: _, ...rule }: Rule = ACTS[act]
  return judge(person, act, rule, anything)
}

/** Whether an act only reads: what an API token may be used for. */
export function isRead(act: Act): boolean {
  return ACTS[act].effect === 'read'
}
