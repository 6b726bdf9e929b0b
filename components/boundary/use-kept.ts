'use client'

import { type RefObject, useEffect, useRef, useState } from 'react'

/** What was typed and not saved, as this browser keeps it. */
export type Kept = { source: string; note: string; at: number }

const keyOf = (slug: string, version: number) => `countersign.draft.${slug}.${String(version)}`

/** Keeps unsaved words in this browser, and finds those of an earlier visit. Where nothing may be kept it does nothing. */
export function useKept(
  slug: string,
  version: number,
  given: { source: string; note: string },
  now: { source: string; note: string },
) {
  const [found, setFound] = useState<Kept | null>(null)
  const key = keyOf(slug, version)
  const { source, note } = now
  const same = source === given.source && note === given.note
  const [before] = useState(given)
  const touched = useRef(false)
  useEffect(() => {
    const kept = read(key)
    if (kept !== null && (kept.source !== before.source || kept.note !== before.note))
      queueMicrotask(() => {
        setFound(kept)
      })
  }, [key, before])
  useEffect(() => {
    if (same && touched.current) keep(key, null)
    if (same) return
    touched.current = true
    const timer = setTimeout(() => {
      keep(key, { source, note, at: Date.now() })
    }, 300)
    return () => {
      clearTimeout(timer)
    }
  }, [key, same, source, note])
  return {
    found,
    forget: () => {
      keep(key, null)
      setFound(null)
    },
  }
}

function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Partial<Kept> | null
    return typeof kept?.source === 'string' && typeof kept.note === 'string' && typeof kept.at === 'number'
      ? { source: kept.source, note: kept.note, at: kept.at }
      : null
  } catch {
    return null
  }
}

function keep(key: string, kept: Kept | null): void {
  try {
    if (kept === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // A browser that keeps nothing still edits: leaving then asks first, and that is all.
  }
}

/** Asks before a tab with unsaved words is closed. */
export function useLeaveGuard(dirty: RefObject<boolean>): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (dirty.current) event.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => {
      window.removeEventListener('beforeunload', ask)
    }
  }, [dirty])
}
