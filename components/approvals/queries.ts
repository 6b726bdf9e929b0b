'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { InboxShow, InboxView, RequestDetail } from '@/lib/decisions/request'
import { getJson } from '../shell/api'
import { useLive } from '../shell/live'
import { showQuery } from './show'

/** Begins the key of everything about approvals. */
export const APPROVALS = ['approvals'] as const
/** One way to look at the inbox, as its address says it. */
export const inboxKey = (show: InboxShow) => ['approvals', 'inbox', showQuery(show)] as const
const requestKey = (id: string) => ['approvals', id] as const

/** The inbox, read again whenever the live stream says that an approval or a halt changed. */
export function useInbox(initial: InboxView, loadedAt: number, show: InboxShow) {
  const queries = useQueryClient()
  useLive(['approvals', 'halts', 'people'], () => queries.invalidateQueries({ queryKey: inboxKey(show) }))
  return useQuery({
    queryKey: inboxKey(show),
    queryFn: ({ signal }) => getJson<InboxView>(`/api/console/approvals${showQuery(show)}`, { signal }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  })
}

/** One request, kept current in the same way. */
export function useRequest(initial: RequestDetail, loadedAt: number) {
  const queries = useQueryClient()
  const key = requestKey(initial.id)
  useLive(['approvals', 'halts', 'people'], () => queries.invalidateQueries({ queryKey: key }))
  // What became of the agent's other actions stands below; every step of every agent is one of those.
  useLive('actions', () => queries.invalidateQueries({ queryKey: key }), 5_000)
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => getJson<RequestDetail>(`/api/console/approvals/${initial.id}`, { signal }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  })
}
