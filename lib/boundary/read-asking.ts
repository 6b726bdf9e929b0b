import type { Asked } from '@/lib/approvals/asked'
import type { AskingRule } from './boundary'
import { parseDuration } from './duration'
import type { Reader } from './reader'
import type { Tree } from './yaml'

export const ASKING_KEYS = ['by', 'approvals', 'within', 'passkey'] as const
const ROLES = ['analyst', 'ciso', 'on_call', 'owner'] as const
const TEAM = /^team:\S(?:.{0,118}\S)?$/
const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,190}$/
const MOST_ASKED = 20
export const MOST_APPROVALS = 5
/** The longest a question may wait, in milliseconds: as long as whoever asked can still be expected to remember. */
export const LONGEST_WAIT_MS = 30 * 86_400_000

type Entries = ReturnType<Reader['map']>

/**
 * Who answers (`by`), how many of them (`approvals`), until when (`within`), and whether with a passkey (`passkey`), of one entry under
 * `approval_required`.
 */
export function readAskingTerms(
  reader: Reader,
  entries: Entries,
  path: string,
): Omit<AskingRule, 'tool' | 'when' | 'reason'> {
  const [by, approvals, within, passkey] = ASKING_KEYS.map((key) => entries.get(key)?.value)
  return {
    ...(by !== undefined && { by: readAskedList(reader, by, `${path}.by`) }),
    ...(approvals !== undefined && { approvals: readApprovals(reader, approvals, `${path}.approvals`) }),
    ...(within !== undefined && { within: readWithin(reader, within, `${path}.within`) }),
    ...(passkey !== undefined && { passkey: readPasskey(reader, passkey, `${path}.passkey`) }),
  }
}

/** Who may answer: one word, or a list of them. */
export function readAskedList(reader: Reader, tree: Tree, path: string): Asked[] {
  const words = tree.kind === 'text' ? [tree] : reader.list(tree, path, 'who may answer', MOST_ASKED)
  if (tree.kind === 'list' && words.length === 0)
    reader.fail(tree, path, 'wrong_type', 'Nobody could answer: name somebody, or leave the key out.')
  const asked = words.flatMap((item, i): Asked[] => {
    const at = tree.kind === 'text' ? path : `${path}[${i}]`
    const text = reader.text(item, at, 'who may answer')
    if (text === null || item.kind !== 'text') return []
    const role = ROLES.find((one) => one === text)
    if (role !== undefined) return [role]
    if (TEAM.test(text)) return [text as `team:${string}`]
    if (ADDRESS.test(text)) return [text.toLowerCase() as `${string}@${string}`]
    reader.unknown(item, at, 'unknown_value', [...ROLES, 'team:NAME', 'name@example.com'])
    return []
  })
  if (new Set(asked).size < asked.length)
    reader.fail(tree, path, 'duplicate_entry', 'Somebody is here twice: keep one.')
  return asked
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
