'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { getJson, isApiProblem } from '../shell/api'

const EVERY_MS = 1_000

/** How far a simulation is, asked once a second while somebody looks; it goes on when nobody does. */
export function PastProgress({ id, progress: first, seen: before }: { id: string; progress: number; seen: number }) {
  const router = useRouter()
  const [at, setAt] = useState({ progress: first, seen: before })
  useEffect(() => {
    const stopped = new AbortController()
    const ask = async () => {
      try {
        const now = await getJson<{ status: string; progress: number; seen: number }>(
          `/api/console/simulations/${id}`,
          {
            signal: stopped.signal,
          },
        )
        if (now.status === 'queued' || now.status === 'running') setAt({ progress: now.progress, seen: now.seen })
        else router.refresh()
      } catch (error) {
        if (!stopped.signal.aborted && !isApiProblem(error)) throw error
      }
    }
    const timer = setInterval(() => void ask(), EVERY_MS)
    return () => {
      clearInterval(timer)
      stopped.abort()
    }
  }, [id, router])
  return (
    <p role="status">
      <progress value={at.progress} max={1} aria-label="How far it is" />{' '}
      <span className="t2 s12">{at.seen.toLocaleString('en')} decisions tried. You may close this page.</span>
    </p>
  )
}
