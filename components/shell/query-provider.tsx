'use client'

import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { paths } from '@/lib/core/paths'
import { isApiProblem } from './api'
import { isLeaving } from './leaving'

/**
 * One query cache a tab. What the server rendered is fresh for 15 s; the live stream, not a timer, says when to read again.
 * Reads are tried twice more when nobody answered, never when somebody refused; writes are never repeated.
 */
export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient)
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>
}

function makeClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) =>
          failures < 2 && isApiProblem(error) && (error.code === 'network' || error.status === 503),
      },
      mutations: { retry: false },
    },
  })
}

/** A session that was revoked must not go on looking at old data. A failed write stays, so that what was typed is not lost. */
function leaveWhenSignedOut(error: Error): void {
  if (isApiProblem(error) && error.code === 'unauthenticated' && !isLeaving()) {
    window.location.assign(paths.login(window.location.pathname + window.location.search))
  }
}
