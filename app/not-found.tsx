import type { Metadata } from 'next'
import { Empty } from '@/components/ui/empty'
import { paths } from '@/lib/core/paths'

export const metadata: Metadata = { title: 'Not found' }

/** An address that leads nowhere, or to something this person may not see: the two look the same on purpose. */
export default function NotFound() {
  return (
    <main id="main" className="main" tabIndex={-1}>
      <h1 className="vh">Not found</h1>
      <Empty
        kind="done"
        title="There is nothing at this address."
        see={{ href: paths.posture(), words: 'Go to Posture' }}
      >
        It may have been mistyped, or it names something that is not yours to see.
      </Empty>
    </main>
  )
}
