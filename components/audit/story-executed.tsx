import { Ban, CheckCheck, CircleHelp, Minus, Radio, X, type LucideIcon } from 'lucide-react'
import { sayTook, type Outcome, type Story } from '@/lib/audit/story'
import { REFUSAL_WORDS } from './refusal-words'
import { HostileText } from '../ui/hostile-text'
import { JsonView } from '../ui/json-view'
import { Said } from '../ui/said'
import { Time } from '../ui/time'
import { Step } from '../ui/timeline'

const ENDS: Record<Outcome['status'], { icon: LucideIcon; words: string }> = {
  succeeded: { icon: CheckCheck, words: 'Succeeded' },
  failed: { icon: X, words: 'Failed' },
  aborted: { icon: Minus, words: 'Stopped half way' },
}

/** What came of it: the grant, its single use, and the outcome the agent reported. Nothing, where nothing was let through. */
export function StoryExecuted({ story }: { story: Story }) {
  return (
    <>
      <Executed story={story} />
      {story.refusals.length > 0 && <Refused refusals={story.refusals} />}
    </>
  )
}

/** Uses of its grant that were refused: all of them are counted, the first few of each reason are entries. */
function Refused({ refusals }: Pick<Story, 'refusals'>) {
  const all = refusals.reduce((sum, { count }) => sum + count, 0)
  return (
    <Step
      icon={Ban}
      tone="forbid"
      title={
        all === 1 ? 'One use of its grant was refused' : `${all.toLocaleString('en')} uses of its grant were refused`
      }
    >
      <ul>
        {refusals.map(({ reason, count }) => (
          <li key={reason}>
            {count.toLocaleString('en')} × {REFUSAL_WORDS[reason] ?? reason}
          </li>
        ))}
      </ul>
      <p className="under">The first few of each reason are entries; the rest are counted.</p>
    </Step>
  )
}

function Executed({ story }: { story: Story }) {
  const { outcome, steps } = story
  const granted = story.approval && steps.some((step) => step.kind === 'action.granted')
  const used = steps.find((step) => step.kind === 'action.claimed')
  if (outcome) {
    const { icon, words } = ENDS[outcome.status]
    return (
      <Step
        icon={icon}
        tone={outcome.status === 'succeeded' ? 'allow' : undefined}
        title="Executed"
        end={<Time at={outcome.at} show="clock" />}
      >
        <p>
          {granted && 'The gate ran again and gave one grant. '}
          {used && 'It was used once. '}
          {words}
          {outcome.durationMs !== null && ` in ${sayTook(outcome.durationMs)}`}, by the agent’s own account.
        </p>
        {outcome.error && <Said by="The error it reported" text={outcome.error} icon={X} />}
        {outcome.said === 'sensitive' && (
          <p className="t3">What it returned is sensitive: say above why you read it.</p>
        )}
        {outcome.said === 'erased' && <p className="t3">What it returned was erased.</p>}
        {outcome.output !== null && (
          <details className="fold">
            <summary>What it returned</summary>
            <Output value={outcome.output} />
          </details>
        )}
      </Step>
    )
  }
  if (used && story.status === 'claimed') {
    return (
      <Step icon={Radio} tone="hold" title="Under way" end={<Time at={used.at} show="clock" />}>
        <p>The grant was used. What came of it has not been reported.</p>
      </Step>
    )
  }
  if (story.status === 'unknown') {
    return (
      <Step icon={CircleHelp} tone="hold" title="Executed or not: unknown">
        <p>It was let through and never reported an outcome.</p>
      </Step>
    )
  }
  if (story.status === 'allowed' || story.status === 'approved') {
    return (
      <Step icon={Radio} title="Not executed yet">
        <p>It may run once. Its grant has not been used.</p>
      </Step>
    )
  }
  return (
    <Step icon={Minus} title="Not executed">
      <p>{story.status === 'held' ? 'It waits.' : 'Nothing was let through.'}</p>
    </Step>
  )
}

function Output({ value }: { value: unknown }) {
  if (typeof value === 'string') return <HostileText text={value} />
  return <JsonView value={value} raw={JSON.stringify(value, undefined, 2)} />
}
