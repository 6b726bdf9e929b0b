import { ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { Fragment } from 'react'
import type { RunStep } from '@/lib/audit/read-run'
import { paths } from '@/lib/core/paths'
import { classNames } from '../ui/class-names'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { STATES, type StateName } from '../ui/state-words'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { REFUSAL_WORDS } from './refusal-words'
import { kindIcon, KIND_WORDS, OUTCOME_STATES } from './entry-words'

/**
 * What happened in a run, oldest first, along one line. From where untrusted content came in the line is another: everything below it was
 * done by an agent that had read it.
 * @param begins the run was tainted before the first of these
 */
export function RunSteps({ steps, begins }: { steps: readonly RunStep[]; begins: boolean }) {
  return (
    <ol className="tl run">
      {steps.map((step, at) => (
        <Fragment key={step.id}>
          {step.tainted && !(steps[at - 1]?.tainted ?? begins) && <Mark />}
          <li className={classNames(step.tainted && 'tainted') || undefined}>
            <span className={classNames('dot', toneOf(step))}>
              <Icon of={step.kind === null ? ShieldAlert : kindIcon(step.kind)} size="xs" />
            </span>
            <h3>
              <Title step={step} />
              <span className="end">
                <Time at={step.at} show="clock" />
              </span>
            </h3>
            <Under step={step} />
          </li>
        </Fragment>
      ))}
    </ol>
  )
}

function Mark() {
  return (
    <li className="mark tainted">
      <span className="dot hold">
        <Icon of={ShieldAlert} size="xs" />
      </span>
      <h3>Untrusted content came in here</h3>
      <p className="under">From here on the agent may be doing what somebody else wrote.</p>
    </li>
  )
}

function Title({ step }: { step: RunStep }) {
  const words = step.kind === null ? 'Not an entry' : KIND_WORDS[step.kind]
  return (
    <>
      {step.action !== null ? <Link href={paths.action(step.action)}>{words}</Link> : words}
      {step.tool !== null && (
        <span className="mono">
          {' '}
          <HostileText text={step.tool} max={100} />
        </span>
      )}
      {step.outcome !== null && <StateWord state={OUTCOME_STATES[step.outcome]} />}
    </>
  )
}

function Under({ step }: { step: RunStep }) {
  const notes = step.labels.flatMap(noteOf)
  return (
    <>
      {step.resource !== null && (
        <p>
          on <HostileText text={step.resource.id} max={200} />
        </p>
      )}
      {step.said !== null && (
        <p className="t2">
          {step.kind === 'run.instructed' ? 'It was told' : 'In the agent’s own words'}: “
          <HostileText text={step.said} max={400} />”
        </p>
      )}
      {step.untrusted.length > 0 && (
        <div className="untrusted">
          <p>It had read, by its own account:</p>
          <ul>
            {step.untrusted.map((source, at) => (
              // the same source may be named twice
              <li key={`${at} ${source}`}>
                <HostileText text={source} max={200} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="s12 t3">
        {step.actor.kind === 'person' ? `by ${step.actor.name}` : step.actor.kind === 'system' ? 'by Countersign' : ''}
        {step.reason !== null && ` ${step.reason.replaceAll('_', ' ')}`}
        {notes.length > 0 && ` ${notes.join(', ')}`}
        {now(step)}
        {step.index !== null && (
          <>
            {' '}
            <Link href={paths.entry(step.index)} prefetch={false}>
              #{step.index.toLocaleString('en')}
            </Link>
          </>
        )}
      </p>
    </>
  )
}

function now({ kind, status }: RunStep): string {
  if (kind !== 'action.decided' || status === null || !Object.hasOwn(STATES, status)) return ''
  return ` · now ${STATES[status as StateName].word.toLowerCase()}` // just found in the table
}

function toneOf({ kind, outcome }: RunStep): string | undefined {
  if (kind === 'halt.engaged') return 'halt'
  if (kind === 'action.refused') return 'forbid'
  const tone = outcome === null ? undefined : STATES[OUTCOME_STATES[outcome]].tone
  return tone === 'quiet' ? undefined : tone
}

const NOTES: Readonly<Record<string, string>> = {
  run_ended: 'because the run ended',
  lease_lapsed: 'because nobody renewed the run’s lease',
  no_outcome: 'no outcome was reported in time',
  not_told: 'an enforcement point acted on the answer, and reports no outcome',
  grant_never_used: 'the grant was never used',
  grant_never_claimed: 'the grant was never claimed',
  counted_from_here: 'more of these are counted, and not listed',
  late: 'reported late',
}

function noteOf(label: string): string[] {
  if (label.startsWith('reached_')) return [`limit reached: ${label.slice('reached_'.length).replaceAll('_', ' ')}`]
  const refusal = REFUSAL_WORDS[label.replace(/^grant_/u, '')]
  if (label.startsWith('grant_') && refusal !== undefined) return [refusal]
  return Object.hasOwn(NOTES, label) ? [NOTES[label] ?? ''] : []
}
