'use client'

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

const Now = createContext<number | null>(null)

/**
 * The one clock of a page. The server says what time it rendered, so that server and browser draw the same words first; then
 * the browser's own clock moves them on, corrected by the difference between the two: a wrong laptop must not show a wrong deadline.
 */
export function ClockProvider({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const ahead = Date.now() - serverNow
    const timer = setInterval(() => setNow(Date.now() - ahead), 5_000)
    return () => clearInterval(timer)
  }, [serverNow])
  return <Now value={now}>{children}</Now>
}

/** The time now, or null outside a `ClockProvider`, where only absolute times are shown. */
export function useNow(): Date | null {
  const now = useContext(Now)
  return now === null ? null : new Date(now)
}

const Zone = createContext('UTC')

/** The time zone that times below are shown in: an IANA name. UTC where nobody said otherwise. */
export function ZoneProvider({ zone, children }: { zone: string; children: ReactNode }) {
  return <Zone value={zone}>{children}</Zone>
}

export function useZone(): string {
  return useContext(Zone)
}
