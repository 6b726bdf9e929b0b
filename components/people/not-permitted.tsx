import { Main, PageHead } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { paths } from '@/lib/core/paths'

/** A page that is not for the person who looks: says why, and who it is for. */
export function NotPermitted({ title, reason }: { title: string; reason: string }) {
  return (
    <Main>
      <PageHead title={title} />
      <Empty
        kind="not-permitted"
        title="This page is not for you."
        see={{ href: paths.posture(), words: 'Go to Posture' }}
      >
        {reason}
      </Empty>
    </Main>
  )
}
