'use client'

import { PageError } from '@/components/shell/page-error'

/** A page of the console that could not be drawn. The frame around it lives on: halts are still seen and still engaged. */
export default function ConsoleError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <PageError digest={error.digest} retry={reset} />
}
