'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { getJson } from './api'
import { useLive, useLiveStatus } from './live'
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
  const readAgain = () => queries.invalidateQueries({ queryKey: KEY })
  useLive(['agents', 'alerts', 'approvals', 'boundaries', 'halts', 'people', 'reviews'], readAgain)
  // The ledger grows with every action of every agent: how far it is sealed may lag a little.
  useLive('ledger', readAgain, 15_000)
  // A stream does not say why it ended. Asking once tells: whoever was signed out is led to the sign-in page, at once.
  const lostAt = useLiveStatus().since?.getTime()
  useEffect(() => {
    if (lostAt !== undefined) void queries.invalidateQueries({ queryKey: KEY })
  }, [lostAt, queries])
  return <Facts value={data}>{children}</Facts>
}

/** What the shell shows now. Only inside `Shell`. */
export function useShellFacts(): ShellFacts {
  const facts = useContext(Facts)
  if (!facts) throw new Error('useShellFacts is for components inside Shell')
  return facts
}
