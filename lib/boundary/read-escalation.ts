import type { EscalationStep } from './boundary'
import { durationWords, parseDuration } from './duration'
import { readAskedList } from './read-asked-list'
import type { Reader } from './reader'
import type { Tree } from './yaml'

export const ESCALATION_KEYS = ['escalate_to', 'after'] as const
export const MOST_STEPS = 3
const SHORTEST_MS = 60_000

/**
 * `then`: who may answer as well once a question has waited so long, one step or a list of them, each later than the one before and
 * all before the question expires.
 * @param waitMs when it expires, in milliseconds
 */
export function readEscalation(reader: Reader, tree: Tree, path: string, waitMs: number): EscalationStep[] {
  const items = tree.kind === 'map' ? [tree] : reader.list(tree, path, 'who is asked then', MOST_STEPS)
  if (tree.kind === 'list' && items.length === 0)
    reader.fail(tree, path, 'wrong_type', 'Nobody is asked then: name somebody, or leave the key out.')
  const steps: EscalationStep[] = []
  items.forEach((item, i) => {
    const at = tree.kind === 'map' ? path : `${path}[${i}]`
    const step = readStep(reader, item, at, steps.at(-1)?.after ?? 0, waitMs)
    if (step !== null) steps.push(step)
  })
  return steps
}

function readStep(reader: Reader, tree: Tree, path: string, before: number, waitMs: number): EscalationStep | null {
  const entries = reader.map(tree, path, 'a map with "escalate_to" and "after"', ESCALATION_KEYS)
  const [to, after] = ESCALATION_KEYS.map((key) => entries.get(key)?.value)
  if (tree.kind !== 'map') return null
  if (to === undefined) reader.fail(tree, path, 'missing_key', 'Who may answer then? Add "escalate_to: ciso".')
  if (after === undefined) reader.fail(tree, path, 'missing_key', 'When? Add "after: 30m".')
  const asked = to === undefined ? [] : readAskedList(reader, to, `${path}.escalate_to`)
  const ms = after === undefined ? null : readAfter(reader, after, `${path}.after`, before, waitMs)
  return ms === null || asked.length === 0 ? null : { escalate_to: asked, after: ms }
}

function readAfter(reader: Reader, tree: Tree, path: string, before: number, waitMs: number): number | null {
  const text = reader.text(tree, path, 'how long it has waited then, such as "30m"')
  if (text === null) return null
  const ms = parseDuration(text)
  const early = before > 0 ? `later than the step before, after ${durationWords(before)}` : 'a minute or more'
  if (ms !== null && ms >= SHORTEST_MS && ms > before && ms < waitMs) return ms
  const bounds = `${early}, and before it expires, after ${durationWords(waitMs)}`
  reader.fail(tree, path, 'out_of_range', `Write a time as "30m", "4h" or "2d": ${bounds}.`)
  return null
}
