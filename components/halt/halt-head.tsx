import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import type { HaltView } from '@/lib/halt/read'

/** What is halted, since when, by whom, and in whose words. */
export function HaltHead({ halt, now }: { halt: HaltView; now: Date }) {
  return (
    <>
      <div className="infh">
        <StateWord state={halt.liftedAt ? 'lifted' : 'halted'} />
        <b>{halt.run === null ? scopeWords(halt) : <Link href={paths.run(halt.run)}>{scopeWords(halt)}</Link>}</b>
        <span className="t2">
          since <Time at={halt.engagedAt} />, engaged by {engagerWords(halt)}
        </span>
      </div>
      {halt.until && !halt.liftedAt && <LookAgain until={halt.until} now={now} />}
      <p className="t2">
        {halt.reason === '' ? (
          'No reason was given.'
        ) : (
          <>
            “<HostileText text={halt.reason} max={2_000} />”
          </>
        )}
      </p>
    </>
  )
}

/** When somebody should look again, and that nobody has where the time is over. It lifts nothing. */
function LookAgain({ until, now }: { until: Date; now: Date }) {
  if (until > now)
    return (
      <p className="t2">
        Somebody should look again <Time at={until} />. It goes on until two people lift it.
      </p>
    )
  return (
    <p className="holdc">
      Somebody should have looked again by <Time at={until} />. Whoever is on call and who engaged it are reminded
      daily; it goes on until two people lift it.
    </p>
  )
}

/** Who engaged a halt, where nobody in person did as well. */
export function engagerWords({
  engagedBy,
  fromDatabase,
  source,
}: Pick<HaltView, 'engagedBy' | 'fromDatabase' | 'source'>): string {
  if (source !== null) return `the source ${source}`
  return engagedBy?.name ?? (fromDatabase ? 'somebody with a login to the database' : 'a rule of Countersign')
}

/** A halt's scope as a person says it. */
export function scopeWords(halt: Pick<HaltView, 'scope' | 'agent' | 'name'>): string {
  switch (halt.scope) {
    case 'organisation':
      return 'The whole organisation'
    case 'agent':
      return halt.agent ?? 'One agent'
    case 'run':
      return `One run of ${halt.agent ?? 'an agent'}`
    case 'environment':
      return `Every agent in ${halt.name ?? 'one environment'}`
    case 'team':
      return `Every agent of ${halt.name ?? 'one team'}`
    case 'server':
      return `Every tool of ${halt.name ?? 'one server'}`
    case 'tool':
      return `The tool ${halt.name ?? ''}`
    default:
      return `One ${halt.scope}`
  }
}
