import Link from 'next/link'
import type { Firing } from '@/lib/alerts/read-watch'
import { paths } from '@/lib/core/paths'

/** Which rule engaged a halt by itself, what made it, and how long that took. */
export function HaltCause({ firing }: { firing: Firing }) {
  return (
    <p>
      Nobody engaged it: the rule <code>{firing.rule}</code> of{' '}
      <Link href={paths.boundary(firing.slug, firing.version)}>
        {firing.slug}’s boundary, version {firing.version}
      </Link>
      , did, {length(firing.tookMs)} after the last of what made it.{' '}
      <Link href={paths.alert(firing.alert)}>See what made it</Link>. A rule only ever stops: two people lift this.
    </p>
  )
}

function length(ms: number): string {
  if (ms < 1_000) return `${Math.max(1, Math.round(ms))} ms`
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.round(ms / 60_000).toLocaleString('en')} minutes`
}
