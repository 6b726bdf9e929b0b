'use client'

import { useCallback, useState } from 'react'

/** A text with what it was before, so that changes of the form and of the field undo in one order. */
type History = { past: readonly string[]; now: string; next: readonly string[]; by: string; at: number }

const MOST = 200
/** Changes of one place within so many milliseconds are undone together. */
const TOGETHER_MS = 700

/** The text of a draft, with undo and redo. `by` names the place a change came from. */
export function useHistory(given: string) {
  const [history, setHistory] = useState<History>({ past: [], now: given, next: [], by: '', at: 0 })
  const write = useCallback((text: string, by: string) => {
    const at = Date.now()
    setHistory((was) => {
      if (text === was.now) return was
      const together = by === was.by && at - was.at < TOGETHER_MS && was.past.length > 0
      return { past: together ? was.past : [...was.past, was.now].slice(-MOST), now: text, next: [], by, at }
    })
  }, [])
  const undo = useCallback(() => {
    setHistory((was) => {
      const before = was.past.at(-1)
      if (before === undefined) return was
      return { past: was.past.slice(0, -1), now: before, next: [was.now, ...was.next], by: '', at: 0 }
    })
  }, [])
  const redo = useCallback(() => {
    setHistory((was) => {
      const [after, ...next] = was.next
      return after === undefined ? was : { past: [...was.past, was.now], now: after, next, by: '', at: 0 }
    })
  }, [])
  return { source: history.now, write, undo, redo }
}
