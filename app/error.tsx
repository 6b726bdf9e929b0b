'use client'

import { PageError } from '@/components/shell/page-error'

/** A page outside the console that could not be drawn. */
export default function OutsideError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <PageError digest={error.digest} retry={reset} />
}
