import { askedWords, type Asked, DEFAULT_ASKED } from '@/lib/approvals/asked'
import { type AskingRule, DEFAULT_WAIT_MS, type EscalationStep } from './boundary'
import type { Change, Direction } from './change'
import { durationWords } from './duration'

/**
 * What changes about who answers a question, how many of them, how long it waits and whether a passkey answers, and who else while nobody
 * has, of entries that stand in both versions. Fewer who may answer, more who must, an order, less time and a passkey to approve are
 * narrower; anything else is wider.
 */
export function askingChanges(before: readonly AskingRule[], after: readonly AskingRule[]): Change[] {
  return after.flatMap((rule) => {
    const old = before.find(({ tool, when }) => tool === rule.tool && when === rule.when)
    return old === undefined
      ? []
      : [byChange, orderChange, approvalsChange, withinChange, passkeyChange, escalationChange].flatMap((each) =>
          each(old, rule),
        )
  })
}

function byChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [old.by ?? DEFAULT_ASKED, rule.by ?? DEFAULT_ASKED]
  if (same(had, has)) return []
  // In order each of them has a seat, so that one fewer is one answer fewer.
  const fewer = has.every((one) => had.includes(one)) && old.in_order !== true
  const direction: Direction = fewer ? 'narrower' : 'wider'
  return [change(rule, direction, askedWords(had), askedWords(has), ['is answered by ', { strong: askedWords(has) }])]
}

function approvalsChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [seatCount(old), seatCount(rule)]
  if (had === has) return []
  const people = (count: number) => (count === 1 ? 'one person' : `${String(count)} people`)
  return [change(rule, has > had ? 'narrower' : 'wider', people(had), people(has), ['takes ', { strong: people(has) }])]
}

const seatCount = ({ by, approvals, in_order: inOrder }: AskingRule): number =>
  inOrder === true ? (by?.length ?? 1) : (approvals ?? 1)

/** An order where there was none only asks for more; another order, or none any more, is not surely stricter. */
function orderChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [orderWords(old), orderWords(rule)]
  if (had === has) return []
  return [change(rule, old.in_order === true ? 'wider' : 'narrower', had, has, ['is answered ', { strong: has }])]
}

/** In which order it is answered, in words: `by the owner of the agent, then a CISO`. */
function orderWords({ by, in_order: inOrder }: AskingRule): string {
  return inOrder === true ? `by ${(by ?? []).map((one) => askedWords([one])).join(', then ')}` : 'in any order'
}

/** Others who may answer later are more people who may; fewer of them, or later, are narrower. */
function escalationChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [escalationWords(old.then), escalationWords(rule.then)]
  if (had === has) return []
  const before = firstAfter(old.then ?? [])
  const narrower = [...firstAfter(rule.then ?? [])].every(([word, after]) => (before.get(word) ?? Infinity) <= after)
  return [change(rule, narrower ? 'narrower' : 'wider', had, has, ['is put ', { strong: has }])]
}

/** After how long each word may answer as well: the earliest step that names it, in milliseconds. */
export function firstAfter(steps: readonly EscalationStep[]): Map<string, number> {
  const first = new Map<string, number>()
  for (const { escalate_to: to, after } of steps)
    for (const word of to) first.set(word, Math.min(after, first.get(word) ?? after))
  return first
}

/** Whom it is put to while nobody has answered, in words: `to a CISO after 30 minutes as well`. */
export function escalationWords(steps: readonly EscalationStep[] | undefined): string {
  if (steps === undefined) return 'to nobody else'
  return `${steps.map(({ escalate_to: to, after }) => `to ${askedWords(to)} after ${durationWords(after)}`).join(', ')} as well`
}

function withinChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [old.within ?? DEFAULT_WAIT_MS, rule.within ?? DEFAULT_WAIT_MS]
  if (had === has) return []
  const words = (ms: number) => `within ${durationWords(ms)}`
  return [
    change(rule, has < had ? 'narrower' : 'wider', words(had), words(has), ['waits ', { strong: durationWords(has) }]),
  ]
}

/** Only a passkey to approve with is surely stricter: one to reject with makes stopping harder, and so counts as wider. */
function passkeyChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [old.passkey, rule.passkey]
  if (had === has) return []
  const direction: Direction = had === undefined && has === 'approve' ? 'narrower' : 'wider'
  return [change(rule, direction, passkeyWords(had), passkeyWords(has), ['is ', { strong: passkeyWords(has) }])]
}

/** What takes a passkey, in words: `approved with a passkey`. */
export function passkeyWords(asked: AskingRule['passkey']): string {
  if (asked === undefined) return 'answered in a session'
  return asked === 'approve' ? 'approved with a passkey' : 'approved and rejected with a passkey alone'
}

function change(
  rule: AskingRule,
  direction: Direction,
  before: string,
  after: string,
  says: Change['sentence'],
): Change {
  return {
    direction,
    section: 'approval_required',
    subject: rule.tool,
    when: rule.when,
    before,
    after,
    sentence: ['A question about ', rule.tool, ' ', ...says, `; it was ${before}.`],
    said: rule.reason,
    override: false,
  }
}

function same(a: readonly Asked[], b: readonly Asked[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one))
}
