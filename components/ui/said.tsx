import { Bot, type LucideIcon, ShieldAlert, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { HostileText } from './hostile-text'
import { Icon } from './icon'

/** What a machine said, set apart as data: "soc-triage, in its own words". */
export function Said({
  by,
  text,
  icon = Bot,
  own,
  after,
}: {
  by: ReactNode
  text: string
  icon?: LucideIcon
  /** The agent's own account of itself: in italics, because nobody checked it. */
  own?: boolean
  after?: ReactNode
}) {
  return (
    <blockquote className={own ? 'said own' : 'said'}>
      <header>
        <Icon of={icon} />
        {by}
      </header>
      <div className="words">
        <HostileText text={text} />
      </div>
      {after}
    </blockquote>
  )
}

/** What a stranger said, read by the agent. Amber, and what cannot be seen in it is counted beneath. */
export function Untrusted({ source, text }: { source: ReactNode; text: string }) {
  const unseen = countUnseen(spellOut(text))
  return (
    <blockquote className="said untrusted">
      <header>
        <Icon of={ShieldAlert} />
        Untrusted: {source}. Shown as data.
      </header>
      <div className="words">
        <HostileText text={text} />
      </div>
      {unseen > 0 && (
        <p className="find">
          <Icon of={TriangleAlert} />
          <span>
            <b>{unseen === 1 ? 'One invisible character' : `${unseen.toLocaleString('en')} invisible characters`}</b>,
            spelled out above. Untrusted content can only make a decision stricter.
          </span>
        </p>
      )}
    </blockquote>
  )
}
