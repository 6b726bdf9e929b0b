import { askedWords, type Asked, DEFAULT_ASKED } from '@/lib/approvals/asked'
import { type AskingRule, DEFAULT_WAIT_MS } from './boundary'
import type { Change, Direction } from './change'
import { durationWords } from './duration'

/**
 * What changes about who answers a question, how many of them, how long it waits and whether a passkey answers, of entries that stand in
 * both versions. Fewer who may answer, more who must, less time and a passkey to approve are narrower; anything else is wider.
 */
export function askingChanges(before: readonly AskingRule[], after: readonly AskingRule[]): Change[] {
  return after.flatMap((rule) => {
    const old = before.find(({ tool, when }) => tool === rule.tool && when === rule.when)
    return old === undefined
      ? []
      : [...byChange(old, rule), ...approvalsChange(old, rule), ...withinChange(old, rule), ...passkeyChange(old, rule)]
  })
}

function byChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [old.by ?? DEFAULT_ASKED, rule.by ?? DEFAULT_ASKED]
  if (same(had, has)) return []
  const direction: Direction = has.every((one) => had.includes(one)) ? 'narrower' : 'wider'
  return [change(rule, direction, askedWords(had), askedWords(has), ['is answered by ', { strong: askedWords(has) }])]
}

function approvalsChange(old: AskingRule, rule: AskingRule): Change[] {
  const [had, has] = [old.approvals ?? 1, rule.approvals ?? 1]
  if (had === has) return []
  const people = (count: number) => (count === 1 ? 'one person' : `${String(count)} people`)
  return [change(rule, has > had ? 'narrower' : 'wider', people(had), people(has), ['takes ', { strong: people(has) }])]
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
