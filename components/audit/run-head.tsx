import Link from 'next/link'
import type { RunView } from '@/lib/audit/read-run'
import { paths } from '@/lib/core/paths'
import { PageHead } from '../shell/page'
import { Time } from '../ui/time'

/** A run in one sentence: whose it is, how it stands or how it ended, and what it has read. */
export function RunHead({ view }: { view: RunView }) {
  return (
    <PageHead
      crumbs={
        <>
          <Link href={paths.audit({ q: `run:${view.run}` })}>Audit</Link> /{' '}
          <Link href={paths.agent(view.agent.slug)}>{view.agent.slug}</Link>
        </>
      }
      title={`A run of ${view.agent.slug} ${endWords(view)}.`}
      lead={
        <>
          Opened <Time at={view.openedAt} show="full" />
          {view.endedAt !== null && (
            <>
              , ended <Time at={view.endedAt} show="full" />
            </>
          )}
          .{' '}
          {view.taintedAt === null ? (
            'It has read nothing untrusted, as far as it said.'
          ) : (
            <b>
              It has read untrusted content since <Time at={view.taintedAt} />.
            </b>
          )}
          {view.state === 'lapsed' && view.graceUntil !== null && (
            <>
              {' '}
              Its agent has until <Time at={view.graceUntil} /> to come back; then what it asks is withdrawn.
            </>
          )}
          {view.tokens > 0 && ` It says it used ${view.tokens.toLocaleString('en')} tokens.`}
        </>
      }
    />
  )
}

/** How it stands, in our words; a halt before everything else. */
export function endWords({ state, over, halts }: Pick<RunView, 'state' | 'over' | 'halts'>): string {
  if (over === 'run_ended') return 'was ended by its agent'
  if (over === 'lease_lapsed') return 'ended: its agent never came back'
  if (halts.length > 0) return 'is halted'
  return state === 'lapsed' ? 'has gone silent' : 'is under way'
}
