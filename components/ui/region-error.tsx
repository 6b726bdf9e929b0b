import { type LucideIcon, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button'
import { Icon } from './icon'

/**
 * One region failed; the rest of the page lives. A plain sentence, the code, the request id to quote, and a way on.
 * `tone` hold is for what a person must weigh ("it changed under you"), not for what merely broke.
 */
export function RegionError({
  title,
  children,
  code,
  requestId,
  tone,
  icon = TriangleAlert,
  act,
}: {
  title: string
  children?: ReactNode
  code?: string
  requestId?: string
  tone?: 'hold'
  icon?: LucideIcon
  act?: ReactNode
}) {
  const reference = [code, requestId].filter(Boolean).join(' · ')
  return (
    <div className={tone ? `errb ${tone}` : 'errb'} role="alert">
      <p className="what">
        <Icon of={icon} />
        {title}
      </p>
      {children && <p>{children}</p>}
      {reference && (
        <p className="s12">
          <span className="dig">{reference}</span> <CopyButton text={reference} what="the code and request id" />
        </p>
      )}
      {act && <div className="acts">{act}</div>}
    </div>
  )
}
