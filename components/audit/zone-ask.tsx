'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { ZONE_COOKIE, ZONE_MAX_AGE } from './zone-cookie'

/** Tells the server this browser's time zone, once, for an address that asks for local times in a browser that never said. */
export function ZoneAsk() {
  const router = useRouter()
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    document.cookie = `${ZONE_COOKIE}=${encodeURIComponent(zone)}; path=/; max-age=${ZONE_MAX_AGE}; samesite=lax`
    router.refresh()
  }, [router])
  return null
}
