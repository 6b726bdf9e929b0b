import Link from 'next/link'
import type { ReactNode } from 'react'

export type Tab = { href: string; label: string; count?: ReactNode; current?: boolean }

/** Pages about one thing, as links: the URL is the view, so a tab can be shared, reloaded and opened beside another. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.href} href={tab.href} aria-current={tab.current ? 'page' : undefined} scroll={false}>
          {tab.label}
          {tab.count !== undefined && <span className="cnt"> {tab.count}</span>}
        </Link>
      ))}
    </nav>
  )
}

/** A choice between a few views of the same list ("Mine 5, All 9"), as links. */
export function Segment({ label, choices }: { label: string; choices: readonly Tab[] }) {
  return (
    <nav className="seg" aria-label={label}>
      {choices.map((choice) => (
        <Link key={choice.href} href={choice.href} aria-current={choice.current ? 'true' : undefined} scroll={false}>
          {choice.label}
          {choice.count !== undefined && <> {choice.count}</>}
        </Link>
      ))}
    </nav>
  )
}
