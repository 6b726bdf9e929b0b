import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { HostileText } from '../ui/hostile-text'
import type { AgentStanding, RunStanding } from './stop-words'

/**
 * What to do about an agent that does not say that it stopped: end it where it runs, call who answers for it, take its credentials. `silent`:
 * its runs that have not answered.
 */
export function StopToDo({
  agent,
  silent,
  now,
}: {
  agent: AgentStanding
  silent: readonly RunStanding[]
  /** ms since 1970 */ now: number
}) {
  const left = silent.some(({ renews, leaseUntil }) => renews && leaseUntil <= now)
  const hosts = [...new Set(silent.flatMap(({ host }) => (host === null ? [] : [host])))].slice(0, 5)
  return (
    <p className="do">
      {hosts.length > 0 ? (
        <>
          End it where it says it runs:{' '}
          {hosts.map((host, at) => (
            <span key={host}>
              {at > 0 && ', '}
              <HostileText text={host} max={253} />
            </span>
          ))}
          .{' '}
        </>
      ) : (
        'It did not say where it runs: end its process there, or cut its network. '
      )}
      Call <Link href={paths.person(agent.owner.id)}>{agent.owner.name}</Link>, who answers for it, and{' '}
      <Link href={paths.agentCredentials(agent.slug)}>revoke its credentials</Link>.
      {left && ' Where a lease ended, a program that keeps the rule has stopped by itself; nobody said so.'}
    </p>
  )
}
