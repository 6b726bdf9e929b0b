import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'

/** A small fact with an edge: "verified", "asserted", "untrusted". Not for plain text, which needs no edge. */
export function Tag({
  tone,
  icon,
  children,
}: {
  tone?: 'allow' | 'hold' | 'forbid' | 'inkc'
  icon?: LucideIcon
  children: ReactNode
}) {
  return (
    <span className={classNames('tag', tone)}>
      {icon && <Icon of={icon} size="xs" />}
      {children}
    </span>
  )
}
