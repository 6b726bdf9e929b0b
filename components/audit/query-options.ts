'use client'

import { useQuery } from '@tanstack/react-query'
import type { ValuesOutput } from '@/lib/audit/contract'
import { CHOICES } from '@/lib/audit/term-choices'
import type { Completing } from '@/lib/audit/term-complete'
import { FIELDS } from '@/lib/audit/term'
import { getJson } from '../shell/api'
import { recentQueries } from './recent-queries'

/** One line of the completion: what is put, and what it means. */
export type Option = { kind: 'field' | 'value' | 'recent'; put: string; says: string | null }

/** What can be put where the caret stands. `range` says where seen values are looked for, as parameters of an address. */
export function useQueryOptions(
  place: Completing | null,
  text: string,
  open: boolean,
  range: string,
): readonly Option[] {
  const asked = place?.kind === 'value' && !CHOICES[place.field] ? place : null
  const { data } = useQuery({
    queryKey: ['audit', 'values', asked?.field, asked?.prefix, range],
    queryFn: ({ signal }) =>
      getJson<ValuesOutput>(valuesUrl(asked?.field ?? '', asked?.prefix ?? '', range), { signal }),
    enabled: open && asked !== null,
    placeholderData: (before, query) => (query?.queryKey[2] === asked?.field ? before : undefined),
    staleTime: 30_000,
    retry: false,
  })
  if (!open) return []
  if (text.trim() === '') {
    const recent = recentQueries().map((put): Option => ({ kind: 'recent', put, says: 'asked before' }))
    return [...recent, ...fieldsLike('')]
  }
  if (place === null) return []
  if (place.kind === 'field') return fieldsLike(place.prefix)
  const choices = CHOICES[place.field]
  if (choices) return choices.filter((one) => one.startsWith(place.prefix.toLowerCase())).map((put) => value(put, null))
  return (data?.values ?? []).map(({ value: put, label }) => value(put, label))
}

const value = (put: string, says: string | null): Option => ({ kind: 'value', put, says })

/** Fields that begin so come first, then those whose name holds it. */
function fieldsLike(prefix: string): Option[] {
  const asked = prefix.toLowerCase()
  const names = Object.entries(FIELDS).filter(([name]) => name.includes(asked))
  const begin = ([name]: [string, unknown]) => (name.startsWith(asked) ? 0 : 1)
  return names.toSorted((a, b) => begin(a) - begin(b)).map(([put, { says }]) => ({ kind: 'field', put, says }))
}

function valuesUrl(field: string, prefix: string, range: string): string {
  const search = new URLSearchParams(range)
  search.set('field', field)
  search.set('prefix', prefix.slice(0, 200))
  return `/api/console/audit/values?${search.toString()}`
}
