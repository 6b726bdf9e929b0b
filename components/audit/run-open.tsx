import Link from 'next/link'
import type { OpenAction, OpenOfRun } from '@/lib/decisions/read-run'
import { paths } from '@/lib/core/paths'
import { Empty } from '../ui/empty'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** All that is still pending of a run: what waits for a person, what may begin, what is under way. Each leads to where it is answered. */
export function RunOpen({ open, frozen }: { open: OpenOfRun; frozen: boolean }) {
  const { counts, actions } = open
  const all = counts.held + counts.approved + counts.claimed
  if (all === 0 && counts.grants === 0) return <Empty kind="done" title="Nothing of it is pending." />
  return (
    <>
      <ul className="rows">
        {actions.map((one) => (
          <li key={one.action}>
            <span>
              <StateWord state={frozen && one.status === 'held' ? 'frozen' : one.status} />{' '}
              <Link href={one.approval === null ? paths.action(one.action) : paths.approval(one.approval.id)}>
                <What of={one} />
              </Link>
            </span>
            <span className="t3">{one.approval !== null && <Time at={one.approval.expiresAt} />}</span>
          </li>
        ))}
      </ul>
      {all > actions.length && (
        <p className="under">
          The oldest {actions.length} of {all.toLocaleString('en')}.
        </p>
      )}
      {counts.grants > 0 && (
        <p className="under">
          {counts.grants === 1 ? 'One grant' : `${counts.grants.toLocaleString('en')} grants`} of it can still be used,
          for seconds.
        </p>
      )}
    </>
  )
}

/** What an action does, in as many words as fit a line. */
export function What({ of }: { of: Pick<OpenAction, 'tool' | 'resource'> }) {
  return (
    <>
      <HostileText text={of.tool ?? 'a tool whose name is gone'} max={100} />
      {of.resource !== null && (
        <>
          {' on '}
          <HostileText text={of.resource} max={100} />
        </>
      )}
    </>
  )
}
