'use client'

import { useEffect, useState } from 'react'
import { isApiProblem, postJson } from '../shell/api'
import type { Fault } from './source-field'
import type { Bench } from './use-bench'

type Answer = { errors: { line: number; column: number; path: string; message: string }[] }
type Checked = { source: string; faults: readonly Fault[]; failed: boolean }

const WAIT_MS = 350

/**
 * What is wrong with a text, in step with it: what cannot be read is told at once, in the browser; the rest by the server, which says
 * what saving would. `checking` while an answer about this very text is awaited; until then what was told last stands.
 */
export function useFaults(slug: string, source: string, bench: Bench | null) {
  const [checked, setChecked] = useState<Checked | null>(null)
  const read = bench?.readYaml(source).errors ?? []
  const readable = read.length === 0
  useEffect(() => {
    if (bench === null || !readable) return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      postJson<Answer>(`/api/console/boundaries/${slug}/check`, { source }, { signal: stop.signal })
        .then(({ errors }) => {
          setChecked({
            source,
            failed: false,
            faults: errors.map(({ message, ...where }) => ({ ...where, detail: message })),
          })
        })
        .catch((error: unknown) => {
          if (isApiProblem(error)) setChecked({ source, failed: true, faults: [] })
        })
    }, WAIT_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [slug, source, bench, readable])
  const current = checked?.source === source ? checked : null
  return {
    readable,
    checking: bench !== null && readable && current === null,
    failed: readable && current?.failed === true,
    faults: readable
      ? (current?.faults ?? [])
      : read.map(({ line, column, path, message }) => ({ line, column, path, detail: message })),
  }
}
