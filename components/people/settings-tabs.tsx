import Link from 'next/link'
import { paths } from '@/lib/core/paths'

/** The pages of settings, by whose they are. */
const GROUPS = [
  [
    'You',
    [
      [paths.settings(), 'Account'],
      [paths.notifications(), 'Notifications'],
      [paths.sessions(), 'Sessions'],
      [paths.passkeys(), 'Passkeys'],
      [paths.absence(), 'Absence'],
      [paths.tokens(), 'Tokens'],
    ],
  ],
  [
    'Organisation',
    [
      [paths.organisation(), 'The organisation'],
      [paths.people(), 'People'],
      [paths.onCall(), 'On call'],
      [paths.scrutiny(), 'What to look for'],
      [paths.data(), 'Data'],
    ],
  ],
  [
    'Connections',
    [
      [paths.enforcementPoints(), 'Enforcement points'],
      [paths.channels(), 'Channels'],
      [paths.streams(), 'Streams'],
      [paths.signals(), 'Signals'],
      [paths.haltSources(), 'Sources of halts'],
    ],
  ],
] as const

type Current = (typeof GROUPS)[number][1][number][0]

/** The pages of settings, as links: three lines, and on a phone one that opens, since sixteen links would push the page away. */
export function SettingsTabs({ current }: { current: Current }) {
  const here = GROUPS.flatMap<readonly [string, string]>(([, pages]) => pages).find(([href]) => href === current)
  return (
    <nav className="setnav" aria-label="Settings">
      <Groups current={current} />
      <details>
        <summary>
          Settings: <b>{here?.[1]}</b>
        </summary>
        <Groups current={current} />
      </details>
    </nav>
  )
}

function Groups({ current }: { current: Current }) {
  return GROUPS.map(([whose, pages]) => (
    <div className="grp" key={whose}>
      <span>{whose}</span>
      <ul aria-label={whose}>
        {pages.map(([href, label]) => (
          <li key={href}>
            <Link href={href} aria-current={href === current ? 'page' : undefined}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  ))
}
