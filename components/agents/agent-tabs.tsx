import { paths } from '@/lib/core/paths'
import { Tabs } from '../ui/tabs'

/** The pages about one agent. */
export function AgentTabs({
  slug,
  current,
  boundary,
  credentials,
}: {
  slug: string
  current: 'overview' | 'credentials' | 'may'
  /** the version in force, or the draft where none is */
  boundary: number | null
  credentials: number
}) {
  return (
    <Tabs
      label="Agent"
      tabs={[
        { href: paths.agent(slug), label: 'Overview', current: current === 'overview' },
        {
          href: paths.agentCredentials(slug),
          label: 'Credentials',
          count: credentials,
          current: current === 'credentials',
        },
        boundary === null
          ? { href: paths.draftBoundary(slug), label: 'Boundary', count: 'none' }
          : { href: paths.boundary(slug, boundary), label: 'Boundary', count: `v${String(boundary)}` },
        { href: paths.whatMay(slug), label: 'What it may do', current: current === 'may' },
        { href: paths.audit({ q: `agent:${slug}`, last: '30d' }), label: 'Actions' },
      ]}
    />
  )
}
