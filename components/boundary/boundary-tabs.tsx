import { paths } from '@/lib/core/paths'
import { Tabs } from '../ui/tabs'

/** Boundaries, the catalogue of tools they speak of, the servers agents reach through the gateway, and what all of that comes to. */
export function BoundaryTabs({
  current,
  unconfirmed,
}: {
  current: 'boundaries' | 'tools' | 'upstreams' | 'may'
  unconfirmed?: number
}) {
  return (
    <Tabs
      label="Boundaries"
      tabs={[
        { href: paths.boundaries(), label: 'Boundaries', current: current === 'boundaries' },
        {
          href: paths.tools(),
          label: 'Tools',
          count: unconfirmed !== undefined && unconfirmed > 0 ? `${String(unconfirmed)} to confirm` : undefined,
          current: current === 'tools',
        },
        { href: paths.upstreams(), label: 'Servers', current: current === 'upstreams' },
        { href: paths.whoMay(), label: 'Who may', current: current === 'may' },
      ]}
    />
  )
}
