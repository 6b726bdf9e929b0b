import { publicId } from '@/lib/core/ids'
import type { EntryDetail } from './entry-detail'
import type { Story } from './story'
import type { Field } from './term'

/** One fact of an entry that the bar can ask for. `value` may be an agent's words: data. */
export type EntryTerm = { field: Field; value: string }

/** Everything of an entry, and of the action it belongs to, that can be filtered for or out; in the order of the bar's fields. */
export function entryTerms({ entry, id, agent, owner, actor }: EntryDetail, story: Story | null): EntryTerm[] {
  const asked = story?.asked
  const reasoning = asked?.reasoning
  const amount = objectOf(asked?.arguments).amount
  const facts: [Field, string | number | null | undefined][] = [
    ['agent', agent],
    ['owner', owner?.name],
    ['by', actor?.kind === 'person' ? actor.name : null],
    ['requester', asked?.requester?.id],
    ['kind', entry?.kind],
    ['outcome', entry?.outcome],
    ['reason', entry?.reason],
    ['rule', entry?.rule],
    ['action', asked?.tool ?? entry?.tool],
    ['access', entry?.class?.access],
    ['resource', asked?.resource && `${asked.resource.type}/${asked.resource.id}`],
    ['run', entry?.run && publicId('run', entry.run)],
    ['boundary', entry?.boundary?.version],
    ...(reasoning?.signals ?? []).map((signal): [Field, string] => ['signal', signal]),
    ...(reasoning?.intel ?? []).map((intel): [Field, string] => ['intel', intel]),
    ['skill', reasoning?.skill],
    ['confidence', reasoning?.confidence],
    ['amount', typeof amount === 'number' ? amount : null],
    ...(entry?.labels ?? []).map((label): [Field, string] => ['label', label]),
    ['id', id],
  ]
  return facts.flatMap(([field, value]) =>
    value === null || value === undefined || value === '' ? [] : [{ field, value: String(value) }],
  )
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
