'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { InboxView, RequestDetail } from '@/lib/decisions/request'
import { getJson } from '../shell/api'
import { useLive } from '../shell/live'

export const INBOX = ['approvals'] as const
const requestKey = (id: string) => ['approvals', id] as const

/** The inbox, read again whenever the live stream says that an approval or a halt changed. */
export function useInbox(initial: InboxView, loadedAt: number) {
  const queries = useQueryClient()
  useLive(['approvals', 'halts', 'people'], () => queries.invalidateQueries({ queryKey: INBOX, exact: true }))
  return useQuery({
    queryKey: INBOX,
    queryFn: ({ signal }) => getJson<InboxView>('/api/console/approvals', { signal }),
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
