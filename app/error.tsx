'use client'

import { RotateCw } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { RegionError } from '@/components/ui/region-error'

/** A page that could not be drawn. The digest finds the line in the server's log; the message itself never reaches the browser. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="main" className="main" tabIndex={-1}>
      <h1 className="vh">This page could not be shown</h1>
      <RegionError
        title="This page could not be shown."
        code="internal"
        requestId={error.digest}
        act={
          <Button icon={RotateCw} onClick={reset}>
            Load it again
          </Button>
        }
      >
        Nothing was changed. Halts and decisions do not depend on this page.
      </RegionError>
    </main>
  )
}
