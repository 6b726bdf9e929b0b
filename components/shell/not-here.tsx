import { paths } from '@/lib/core/paths'
import { Empty } from '../ui/empty'
import { Main } from './page'

/** An address that leads nowhere, or to something this person may not see: the two look the same on purpose. */
export function NotHere() {
  return (
    <Main>
      <h1 className="vh">Not found</h1>
      <Empty
        kind="done"
        title="There is nothing at this address."
        see={{ href: paths.posture(), words: 'Go to Posture' }}
      >
        It may have been mistyped, or it names something that is not yours to see.
      </Empty>
    </Main>
  )
}
