'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useRef, useTransition } from 'react'
import type { LiveTopic } from '@/lib/core/live'
import { useLive } from './live'

/** A reading without an answer does not keep the page from being read again for longer. */
const LONGEST_READING = 15_000

/**
 * Reads the page again on the server when something of a topic changed: for pages where nothing jumps under the reader. What is new while it is being
 * read is read once it is drawn: readings of a page that takes long do not queue up behind each other.
 */
export function LiveRefresh({ topic }: { topic: LiveTopic | readonly LiveTopic[] }) {
  const router = useRouter()
  const [reading, read] = useTransition()
  const began = useRef(0)
  const again = useRef(false)
  const begin = () => {
    again.current = false
    began.current = Date.now()
    read(() => {
      router.refresh()
    })
  }
  const onDrawn = useEffectEvent(() => {
    if (again.current) begin()
  })
  useEffect(() => {
    if (!reading) onDrawn()
  }, [reading])
  useLive(
    topic,
    () => {
      if (reading && Date.now() - began.current < LONGEST_READING) again.current = true
      else begin()
    },
    1_000,
  )
  return null
}
