'use client'

import { RotateCw } from 'lucide-react'
import { Button } from '../ui/button'
import { RegionError } from '../ui/region-error'
import { Main } from './page'

/** A page that could not be drawn. The digest finds the line in the server's log; the message itself never reaches the browser. */
export function PageError({ digest, retry }: { digest: string | undefined; retry: () => void }) {
  return (
    <Main>
      <h1 className="vh">This page could not be shown</h1>
      <RegionError
        title="This page could not be shown."
        code="internal"
        requestId={digest}
        act={
          <Button icon={RotateCw} onClick={retry}>
            Load it again
          </Button>
        }
      >
        Nothing was changed. Halts and decisions do not depend on this page.
      </RegionError>
    </Main>
  )
}
