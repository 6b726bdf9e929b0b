'use client'

import { OctagonMinus } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { useShellFacts } from './shell-live'

/** Who holds the kill switch now, and the way to it. On every page, on every width. */
export function OnCall() {
  const { now, next } = useShellFacts().onCall
  return (
    <section className="oncall" aria-label="On call">
      <div>
        <span className="lbl">On call</span>
        <b>{now ? now.name : 'Nobody is on call'}</b>
        <span className="until">
          {now?.until && (
            <>
              until <Time at={now.until} />
            </>
          )}
          {now?.until && next && ', '}
          {next && (
            <>
              then {next.name}
              {!now && (
                <>
                  {' '}
                  from <Time at={next.from} />
                </>
              )}
            </>
          )}
        </span>
      </div>
      <Link className="btn halt-quiet sm" href={paths.halt()}>
        <Icon of={OctagonMinus} />
        Halt…
      </Link>
    </section>
  )
}
