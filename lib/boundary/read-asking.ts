import { type AskingRule, DEFAULT_WAIT_MS } from './boundary'
import { parseDuration } from './duration'
import { readAskedList } from './read-asked-list'
import { readEscalation } from './read-escalation'
import type { Reader } from './reader'
import type { Tree } from './yaml'

export const ASKING_KEYS = ['by', 'approvals', 'within', 'passkey', 'in_order', 'then'] as const
export const MOST_APPROVALS = 5
/** The longest a question may wait, in milliseconds: as long as whoever asked can still be expected to remember. */
export const LONGEST_WAIT_MS = 30 * 86_400_000

type Entries = ReturnType<Reader['map']>

/**
 * Of one entry under `approval_required`: who answers (`by`), how many of them (`approvals`), one after the other (`in_order`), until
 * when (`within`), whether with a passkey (`passkey`), and who else while nobody has (`then`).
 */
export function readAskingTerms(
  reader: Reader,
  entries: Entries,
  path: string,
): Omit<AskingRule, 'tool' | 'when' | 'reason'> {
  const [by, approvals, within, passkey, order, then] = ASKING_KEYS.map((key) => entries.get(key)?.value)
  const terms = {
    ...(by !== undefined && { by: readAskedList(reader, by, `${path}.by`) }),
    ...(approvals !== undefined && { approvals: readApprovals(reader, approvals, `${path}.approvals`) }),
    ...(within !== undefined && { within: readWithin(reader, within, `${path}.within`) }),
    ...(passkey !== undefined && { passkey: readPasskey(reader, passkey, `${path}.passkey`) }),
  }
  const inOrder = order !== undefined && reader.word(order, `${path}.in_order`, ['true', 'false']) === 'true'
  if (inOrder) checkOrder(reader, order, `${path}.in_order`, terms)
  const steps = then === undefined ? [] : readEscalation(reader, then, `${path}.then`, terms.within ?? DEFAULT_WAIT_MS)
  return { ...terms, ...(inOrder && { in_order: true }), ...(steps.length > 0 && { then: steps }) }
}

/** An order is one of several, each in a seat of their own. */
function checkOrder(reader: Reader, tree: Tree, path: string, { by, approvals }: Pick<AskingRule, 'by' | 'approvals'>) {
  const seats = by?.length ?? 0
  if (seats < 2 || seats > MOST_APPROVALS)
    reader.fail(
      tree,
      path,
      'out_of_range',
      `An order needs "by" to name 2 to ${MOST_APPROVALS}: each answers, one after the other.`,
    )
  else if (approvals !== undefined && approvals !== seats)
    reader.fail(
      tree,
      path,
      'out_of_range',
      `In order, each of "by" answers: write "approvals: ${seats}", or leave it out.`,
    )
}

function readApprovals(reader: Reader, tree: Tree, path: string): number {
  const text = reader.text(tree, path, 'how many people approve')
  if (text !== null && /^[1-9]$/.test(text) && Number(text) <= MOST_APPROVALS) return Number(text)
  if (text !== null) reader.fail(tree, path, 'out_of_range', `Write a whole number from 1 to ${MOST_APPROVALS}.`)
  return 1
}

function readWithin(reader: Reader, tree: Tree, path: string): number {
  const text = reader.text(tree, path, 'how long it waits, such as "4h"')
  const ms = text === null ? null : parseDuration(text)
  if (ms !== null && ms >= 60_000 && ms <= LONGEST_WAIT_MS) return ms
  if (text !== null)
    reader.fail(tree, path, 'out_of_range', 'Write how long it waits as "30m", "4h" or "2d": from a minute to 30 days.')
  return 60_000
}

function readPasskey(reader: Reader, tree: Tree, path: string): NonNullable<AskingRule['passkey']> {
  const text = reader.text(tree, path, 'what takes a passkey')
  if (text === 'true') return 'approve'
  if (tree.kind === 'text' && text !== 'both') reader.unknown(tree, path, 'unknown_value', ['true', 'both'])
  return 'both'
}
