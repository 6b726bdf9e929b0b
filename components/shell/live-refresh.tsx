'use client'

import { useRouter } from 'next/navigation'
import type { LiveTopic } from '@/lib/core/live'
import { useLive } from './live'

/** Reads the page again on the server when something of a topic changed: for pages where nothing jumps under the reader. */
export function LiveRefresh({ topic }: { topic: LiveTopic | readonly LiveTopic[] }) {
  const router = useRouter()
  useLive(
    topic,
    () => {
      router.refresh()
    },
    1_000,
  )
  return null
}
