import { fault } from '@/lib/core/fault'
import { append } from '@/lib/ledger/append'
import type { Sql } from '@/lib/ledger/sql'
import { listAgents } from './store'
import { deleteMark, insertMark, type MarkKind } from './store-sensitive'

/** Marks tools, a type of resource or an agent (by its name) as sensitive, from now on and for what is there. @throws Fault `already_exists`, `not_found` */
export async function markSensitive(sql: Sql, by: string, kind: MarkKind, value: string): Promise<void> {
  const stored = await storedValue(sql, kind, value)
  if (!(await insertMark(sql, kind, stored, by)))
    throw fault('already_exists', { field: 'value', detail: 'That is marked already.' })
  await append(sql, {
    kind: 'sensitivity.marked',
    actor: `person:${by}`,
    labels: [kind],
    subject: 'organisation',
    payload: { kind, value },
  })
}

/** Takes the mark away. @param value as it is stored @throws Fault `not_found` */
export async function unmarkSensitive(sql: Sql, by: string, kind: MarkKind, value: string): Promise<void> {
  if (!(await deleteMark(sql, kind, value))) throw fault('not_found')
  await append(sql, {
    kind: 'sensitivity.unmarked',
    actor: `person:${by}`,
    labels: [kind],
    subject: 'organisation',
    payload: { kind, value },
  })
}

async function storedValue(sql: Sql, kind: MarkKind, value: string): Promise<string> {
  if (kind !== 'agent') return value
  const agent = (await listAgents(sql, 'everything')).find(({ slug }) => slug === value)
  if (!agent) throw fault('invalid_request', { field: 'value', detail: 'There is no agent of this name.' })
  return agent.id
}
