import { CircleHelp, ShieldAlert, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import type { ResourceView } from '@/lib/audit/resource-view'
import { paths } from '@/lib/core/paths'
import { Digest } from '../ui/digest'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'

const LOOKS = {
  matches: { icon: ShieldCheck, tone: 'allow', words: 'What is in force is what was approved.' },
  differs: { icon: ShieldAlert, tone: 'forbid', words: 'What is in force is not what was approved.' },
  unknown: { icon: CircleHelp, tone: 'hold', words: 'Whether what is in force was approved is not known.' },
} as const

/** Whether the version in force is the one that was approved, and why it says so. */
export function InForce({ view }: { view: ResourceView }) {
  const { standing, reported } = view
  const look = LOOKS[standing.state]
  return (
    <div className="inforce">
      <p className={`st ${look.tone}`}>
        <Icon of={look.icon} />
        <b>{look.words}</b>
      </p>
      <p>
        {standing.says} {standing.action && <Link href={paths.action(standing.action)}>The change it came with</Link>}
      </p>
      {reported && (
        <p className="t2 s12">
          <Digest value={reported.digest} what="the digest in force" />, reported by{' '}
          <Link href={paths.agent(reported.reporter)}>{reported.reporter}</Link> <Time at={reported.at} show="moment" />
          .{view.reportsOnItself && ' The same agent proposes changes of it: this is its word about its own work.'}
        </p>
      )}
    </div>
  )
}
