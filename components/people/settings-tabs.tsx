import { Tabs } from '@/components/ui/tabs'
import { paths } from '@/lib/core/paths'

const TABS = [
  [paths.settings(), 'You'],
  [paths.notifications(), 'Notifications'],
  [paths.sessions(), 'Your sessions'],
  [paths.passkeys(), 'Your passkeys'],
  [paths.absence(), 'Your absence'],
  [paths.tokens(), 'Your tokens'],
  [paths.enforcementPoints(), 'Enforcement points'],
  [paths.people(), 'People'],
  [paths.onCall(), 'On call'],
  [paths.organisation(), 'Organisation'],
  [paths.scrutiny(), 'What to look for'],
  [paths.channels(), 'Channels'],
  [paths.streams(), 'Streams'],
  [paths.signals(), 'Signals'],
  [paths.haltSources(), 'Sources of halts'],
  [paths.data(), 'Data'],
] as const

/** The pages of settings, as links. */
export function SettingsTabs({ current }: { current: (typeof TABS)[number][0] }) {
  return <Tabs label="Settings" tabs={TABS.map(([href, label]) => ({ href, label, current: href === current }))} />
}
