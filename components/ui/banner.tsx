import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'

/**
 * Something the whole page must say. `hold`: it wants somebody's attention. `forbid`: nothing can be recorded. `halt`: a halt
 * or a broken ledger, a solid fill. `urgent` is spoken at once; the rest waits for a pause.
 */
export function Banner({
  tone,
  icon,
  inset,
  urgent,
  right,
  children,
}: {
  tone: 'hold' | 'forbid' | 'halt'
  icon: LucideIcon
  /** Within a column instead of across the page. */
  inset?: boolean
  urgent?: boolean
  right?: ReactNode
  children: ReactNode
}) {
  return (
    <div className={classNames('ban', tone, inset && 'inset')} role={urgent ? 'alert' : 'status'}>
      <Icon of={icon} size="md" />
      <span className="tx">{children}</span>
      {right && <span className="r">{right}</span>}
    </div>
  )
}

/** A remark beside what it is about: a 3 px edge and words. */
export function Note({ tone, children }: { tone?: 'hold' | 'forbid' | 'inkc'; children: ReactNode }) {
  return <div className={classNames('note', tone)}>{children}</div>
}
