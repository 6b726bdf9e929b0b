import type { Asked } from '@/lib/approvals/asked'
import type { Reader } from './reader'
import type { Tree } from './yaml'

const ROLES = ['analyst', 'ciso', 'on_call', 'owner'] as const
const TEAM = /^team:\S(?:.{0,118}\S)?$/
const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,190}$/
const MOST_ASKED = 20

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
