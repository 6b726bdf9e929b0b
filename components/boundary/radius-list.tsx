import type { LucideIcon } from 'lucide-react'
import { Ban, CircleHelp, Eye, Gauge, LogOut, OctagonAlert, Pencil, Terminal } from 'lucide-react'
import type { RadiusChange } from '@/lib/boundary/radius'
import type { RadiusItem, Weight } from '@/lib/boundary/radius-item'
import { Icon } from '../ui/icon'
import { Tag } from '../ui/tag'
import { SentenceText } from './sentence'

const ICONS: Record<Weight, LucideIcon> = {
  unenforced: OctagonAlert,
  leaves: LogOut,
  stakes: Ban,
  execution: Terminal,
  unknown: CircleHelp,
  write: Pencil,
  read: Eye,
  bound: Gauge,
}

/** The blast radius line by line, the worst first; each with the clause that lets it, and beside a version before, what is new. */
export function RadiusList({ items }: { items: readonly RadiusChange[] }) {
  if (items.length === 0) return <p className="t2">Nothing: everything it asks is refused, or asks a person.</p>
  return (
    <ul className="radius">
      {items.map(({ item, change }) => (
        <li key={`${item.clause ?? ''} ${change} ${JSON.stringify(item.says)}`} data-change={change}>
          <Icon of={ICONS[item.weight]} />
          <span className="any">
            {change === 'removed' ? (
              <del>
                <SentenceText of={item.says} />
              </del>
            ) : (
              <SentenceText of={item.says} />
            )}{' '}
            {change === 'added' && <Tag tone="inkc">new</Tag>}
            {change === 'removed' && <span className="t3">no longer</span>}
          </span>
          {item.clause !== null && <code className="clause">{item.clause}</code>}
        </li>
      ))}
    </ul>
  )
}

/** Lines of one boundary by itself. */
export const unchanged = (items: readonly RadiusItem[]): RadiusChange[] =>
  items.map((item) => ({ item, change: 'same' }))
