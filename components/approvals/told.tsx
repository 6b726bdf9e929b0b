import { FlaskConical } from 'lucide-react'
import type { RequestDetail } from '@/lib/decisions/request'
import { Banner } from '../ui/banner'
import { HostileText } from '../ui/hostile-text'

/** What there was to find in a test request, said right after its verdict to whoever gave it (ADR 0035). */
export function Told({ told }: { told: NonNullable<RequestDetail['told']> }) {
  const { found, says, flaw, look, changed } = told
  return (
    <Banner tone={found ? 'hold' : 'forbid'} icon={FlaskConical} inset urgent>
      <b>{says}</b> What was wrong: {flaw}.{' '}
      {changed && (
        <>
          “<HostileText text={changed.at} max={100} />” says <HostileText text={changed.is} max={120} />; in the request
          it was made from it says <HostileText text={changed.was} max={120} />.{' '}
        </>
      )}
      {!found && look}
    </Banner>
  )
}
