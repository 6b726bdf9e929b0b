import { ArrowDown } from 'lucide-react'
import type { RequestDetail } from '@/lib/decisions/request'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'

/**
 * Where the verdict stands beneath what is read (on a phone, and in a narrow window), a bar at the bottom of the screen that leads
 * there; it scrolls away where the verdict comes into sight. It decides nothing.
 */
export function JumpBar({ request }: { request: RequestDetail }) {
  if (request.status !== 'pending' || request.frozen) return null
  const open = request.you.approve.ok || request.you.reject.ok
  return (
    <p className="jump">
      <span>
        <Time at={request.expiresAt} show="left" /> left
        {request.shown.left > 0 && <b>Not all of it is shown</b>}
      </span>
      <a className={open ? 'btn pri' : 'btn'} href="#who">
        {open ? 'To your verdict' : 'Who answers'}
        <Icon of={ArrowDown} size="xs" />
      </a>
    </p>
  )
}
