'use client'

import Link from 'next/link'
import { auditPath, type Address } from '@/lib/audit/view-address'
import { ZONE_COOKIE, ZONE_MAX_AGE } from './zone-cookie'

/** UTC, or the clock of this browser. The choice is kept in the browser, and stands in the address for whoever gets the link. */
export function ZoneSwitch({ address, local }: { address: Address; local: boolean }) {
  const keep = (zone: string) => {
    document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(zone)}; path=/; max-age=${ZONE_MAX_AGE}; samesite=lax`
  }
  const own = () => Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <nav className="seg" aria-label="Times are shown in">
      <Link
        href={auditPath({ ...address, tz: 'utc' })}
        aria-current={local ? undefined : 'true'}
        onClickCapture={() => keep('UTC')}
      >
        UTC
      </Link>
      <Link
        href={auditPath({ ...address, tz: 'local' })}
        aria-current={local ? 'true' : undefined}
        onClickCapture={() => keep(own())}
      >
        Local
      </Link>
    </nav>
  )
}
