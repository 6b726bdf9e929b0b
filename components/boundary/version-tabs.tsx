'use client'

import { paths } from '@/lib/core/paths'
import { Tabs } from '../ui/tabs'
import { useMarkViewed, useViewed, VIEWS, type View } from './viewed'

const LABELS: Record<View, string> = { effect: 'Effect', rules: 'Rules', source: 'Source' }

/** Effect, rules, source: the three ways to read a version, each an address. Says which this reader has opened. */
export function VersionTabs({
  slug,
  version,
  digest,
  current,
}: {
  slug: string
  version: number
  digest: string
  current: View
}) {
  useMarkViewed(digest, current)
  const viewed = useViewed(digest)
  return (
    <Tabs
      label="Ways to read the change"
      tabs={VIEWS.map((view) => ({
        href: `${paths.boundary(slug, version)}${view === 'effect' ? '' : `?view=${view}`}`,
        label: LABELS[view],
        count: viewed?.has(view) === true ? 'viewed' : undefined,
        current: view === current,
      }))}
    />
  )
}
