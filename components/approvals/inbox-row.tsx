import { Lock, ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { LookingAt, RequestRow } from '@/lib/decisions/request'
import { Icon } from '../ui/icon'
import { Sentence } from '../ui/sentence'
import { Time } from '../ui/time'
import { reasonWords } from './reason-words'
import { splitSentence } from './wants'
import { LookingFlag } from './who-looks'

/** One request in the inbox: what, how long, by whom, why, and what is particular about it. */
export function InboxRow({
  row,
  at,
  current,
  show,
}: {
  row: RequestRow
  /** who looks at it */ at: LookingAt | undefined
  current: boolean
  show: string
}) {
  const { ours, rest } = splitSentence(row.sentence)
  return (
    <li>
      <Link href={paths.approval(row.id) + show} aria-current={current ? 'page' : undefined} data-request={row.id}>
        <span className="l1">
          <span className="snt">
            <span className="deed">{ours}</span>
            <Sentence parts={rest} />
          </span>
          <span className="left">
            {row.frozen ? <span className="t3">frozen</span> : <Time at={row.expiresAt} show="left" />}
          </span>
        </span>
        <span className="l2">
          <span>{row.agent}</span>
          <span>{row.frozen ? 'halted' : reasonWords(row.reason)}</span>
          <LookingFlag at={at} />
          {row.stakes === 'critical' && <span className="fl crit">critical</span>}
          <Flag row={row} />
        </span>
      </Link>
      {row.alike.count > 1 && (
        <Link className="alike" href={paths.approvalsAlike(row.alike.key)} prefetch={false}>
          and {row.alike.count - 1} more like it
        </Link>
      )}
    </li>
  )
}

function Flag({ row }: { row: RequestRow }) {
  if (row.untrusted)
    return (
      <span className="fl hold">
        <Icon of={ShieldAlert} size="xs" />
        untrusted
      </span>
    )
  if (!row.yours.ok)
    return (
      <span className="fl">
        <Icon of={Lock} size="xs" />
        not you
      </span>
    )
  return null
}
