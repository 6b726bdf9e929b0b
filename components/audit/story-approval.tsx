import { Pause, Snowflake, TimerOff, Undo2, UserCheck, UserX, ArrowRight, type LucideIcon } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { sayTook, withdrawnWords, type Approved, type Step as StoryStep } from '@/lib/audit/story'
import type { ApprovalStatus } from '@/lib/approvals/approval'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'
import { Step } from '../ui/timeline'

type Look = { icon: LucideIcon; tone?: 'allow' | 'hold' | 'forbid'; title: string }

const LOOKS: Record<ApprovalStatus, Look> = {
  pending: { icon: Pause, tone: 'hold', title: 'Waits for a person' },
  approved: { icon: UserCheck, tone: 'allow', title: 'Approved' },
  rejected: { icon: UserX, tone: 'forbid', title: 'Rejected' },
  expired: { icon: TimerOff, title: 'Expired' },
  withdrawn: { icon: Undo2, title: 'Withdrawn' },
  superseded: { icon: ArrowRight, title: 'Superseded' },
}

/** Who answered, in which words, by what right, after how long; or that nobody did. */
export function StoryApproval({
  approval,
  frozen,
  steps,
}: {
  approval: Approved
  frozen: boolean
  steps: readonly StoryStep[]
}) {
  const waiting = approval.status === 'pending'
  const look: Look = waiting && frozen ? { icon: Snowflake, title: 'Frozen by a halt' } : LOOKS[approval.status]
  return (
    <Step {...look} end={approval.closedAt && <Time at={approval.closedAt} show="clock" />}>
      {approval.verdicts.map((verdict) => (
        <div key={verdict.person.id}>
          <p>
            <Link href={paths.person(verdict.person.id, verdict.at)}>{verdict.person.name}</Link>
            {verdict.capability && `, ${verdict.capability.replaceAll('_', ' ')},`}{' '}
            {verdict.answer === 'approve' ? 'approved' : 'rejected'} it{verdict.passkey && ' with a passkey'} after{' '}
            {sayTook(Date.parse(verdict.at) - Date.parse(approval.openedAt))}.
          </p>
          {verdict.reason && (
            <p className="t2">
              “<HostileText text={verdict.reason} max={2_000} />”
            </p>
          )}
        </div>
      ))}
      {waiting && (
        <p>
          Until <Time at={approval.expiresAt} />. <Link href={paths.approval(approval.id)}>Open the request</Link>
        </p>
      )}
      {approval.status === 'withdrawn' && <p>{withdrawnWords(steps)}.</p>}
      {approval.status === 'expired' && (
        <p>
          Nobody answered until <Time at={approval.expiresAt} />, so it was refused.
        </p>
      )}
      {approval.status === 'superseded' && (
        <p>When its grant was claimed, the gate looked again and found a reason nobody had approved.</p>
      )}
    </Step>
  )
}
