'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import { getJson } from './api'
import { useLive } from './live'
import type { ShellFacts } from './shell-facts'

const Facts = createContext<ShellFacts | null>(null)
const KEY = ['shell'] as const

/** Keeps the shell's facts current: those of the server first, read again when the stream says that one of them changed. */
export function ShellLive({
  facts,
  loadedAt,
  children,
}: {
  facts: ShellFacts
  /** ms since 1970 */ loadedAt: number
  children: ReactNode
}) {
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => getJson<ShellFacts>('/api/console/shell', { signal }),
    initialData: facts,
    initialDataUpdatedAt: loadedAt,
  })
  useLive(['agents', 'alerts', 'approvals', 'boundaries', 'halts', 'ledger', 'people'], () => {
    void queries.invalidateQueries({ queryKey: KEY })
  })
  return <Facts value={data}>{children}</Facts>
}

/** What the shell shows now. Only inside `Shell`. */
export function useShellFacts(): ShellFacts {
  const facts = useContext(Facts)
  if (!facts) throw new Error('useShellFacts is for components inside Shell')
  return facts
}
