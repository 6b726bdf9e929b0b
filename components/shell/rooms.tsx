'use client'

import {
  Bell,
  Bot,
  Gauge,
  GitPullRequest,
  Inbox,
  type LucideIcon,
  Menu,
  OctagonMinus,
  ScrollText,
  Settings,
  Signature,
} from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { paths } from '@/lib/core/paths'
import { Icon } from '../ui/icon'
import { useShellFacts } from './shell-live'

type Room = { href: string; label: string; icon: LucideIcon; count?: string; due?: boolean; spoken?: string }

/** The rooms of the console. A popover on a phone, opened without JavaScript; on a wider screen always there. */
export function Rooms() {
  const list = useRef<HTMLDivElement>(null)
  const pathname = usePathname()
  useEffect(() => {
    if (list.current?.matches(':popover-open')) list.current.hidePopover()
  }, [pathname])
  const { counts, halts } = useShellFacts()
  const above: Room[] = [
    { href: paths.posture(), label: 'Posture', icon: Gauge },
    { href: paths.approvals(), label: 'Approvals', icon: Inbox, ...due(counts.approvals, 'wait for you') },
    { href: paths.agents(), label: 'Agents', icon: Bot, count: counts.agents > 0 ? say(counts.agents) : undefined },
    { href: paths.boundaries(), label: 'Boundaries', icon: Signature, ...due(counts.boundaries, 'to sign') },
    { href: paths.audit(), label: 'Audit', icon: ScrollText },
    { href: paths.reviews(), label: 'Reviews', icon: GitPullRequest, ...due(counts.reviews, 'owed') },
    { href: paths.alerts(), label: 'Alerts', icon: Bell, ...due(counts.alerts, 'not acknowledged') },
  ]
  const below: Room[] = [
    {
      href: paths.halt(),
      label: 'Halt',
      icon: OctagonMinus,
      count: halts.length > 0 ? `${halts.length} in force` : undefined,
    },
    { href: paths.settings(), label: 'Settings', icon: Settings },
  ]
  return (
    <>
      <button type="button" className="icon-btn menu-btn" popoverTarget="rooms" aria-label="Rooms of the console">
        <Icon of={Menu} size="lg" />
      </button>
      <div className="rooms" id="rooms" popover="auto" ref={list}>
        <RoomList rooms={above} pathname={pathname} />
        <hr />
        <RoomList rooms={below} pathname={pathname} />
      </div>
    </>
  )
}

function RoomList({ rooms, pathname }: { rooms: readonly Room[]; pathname: string }) {
  return (
    <ul>
      {rooms.map((room) => (
        <li key={room.href}>
          <Link href={room.href} aria-current={currentMark(room.href, pathname)}>
            <Icon of={room.icon} size="md" />
            {room.label}
            {room.count && (
              <span className={room.due ? 'n due' : 'n'}>
                {' '}
                {room.count}
                {room.spoken && <span className="vh"> {room.spoken}</span>}
              </span>
            )}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** The page itself, or a page within its room: said apart, as a screen reader would otherwise call both "current page". */
function currentMark(href: string, pathname: string): 'page' | 'true' | undefined {
  if (pathname === href) return 'page'
  return href !== '/' && pathname.startsWith(`${href}/`) ? 'true' : undefined
}

const say = (count: number): string => count.toLocaleString('en')

function due(count: number, spoken: string): Pick<Room, 'count' | 'due' | 'spoken'> {
  return count > 0 ? { count: say(count), due: true, spoken } : {}
}
