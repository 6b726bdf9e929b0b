import { OctagonMinus } from 'lucide-react'
import Link from 'next/link'
import type { RunView } from '@/lib/audit/read-run'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import type { Said } from '../people/said'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { What } from './run-open'

/** Rejecting all a run asks and halting it, in one act: what that does, in counts, and one red button. Nothing is chosen beforehand. */
export function RunStop({ view, may, said }: { view: RunView; may: Permission; said: Said }) {
  const { counts } = view.open
  const rejected = counts.held - counts.barred
  return (
    <form method="post" action={`/api/console/runs/${view.run}/stop`} className="stoprun">
      <h2 id="stop">Reject all and halt this run</h2>
      {said.errors.length > 0 && <FormErrors errors={said.errors} />}
      <ul className="s12">
        <li>
          <b>This run</b> is halted first: nothing of it is allowed from then on. The other runs of {view.agent.slug} go
          on.
        </li>
        <li>
          <b>{requests(rejected)}</b> {rejected === 1 ? 'is' : 'are'} rejected, each with your reason.
        </li>
        {counts.barred > 0 && (
          <li>
            <b>{requests(counts.barred)}</b> you may not answer {counts.barred === 1 ? 'stays' : 'stay'}, frozen by the
            halt.
          </li>
        )}
        <li>
          <b>{grants(counts.grants)}</b> {counts.grants === 0 ? 'is out' : counts.grants === 1 ? 'dies' : 'die'}.{' '}
          {counts.claimed > 0 && `What is under way (${counts.claimed}) may still end.`}
        </li>
      </ul>
      <TextArea
        name="reason"
        label="Why"
        aside="required, recorded"
        rows={2}
        maxLength={2_000}
        required
        defaultValue={said.value('reason')}
        error={said.error('reason')}
      />
      <div className="go">
        <Button type="submit" variant="halt" icon={OctagonMinus} disabledReason={may.ok ? undefined : may.reason}>
          {rejected === 0 ? 'Halt this run' : `Reject ${requests(rejected)} and halt this run`}
        </Button>
      </div>
      <p className="hint">Lifting the halt takes two people. What was rejected stays rejected.</p>
    </form>
  )
}

/** What stopping the run came to, request by request. */
export function RunStopped({ stopped, open }: { stopped: NonNullable<RunView['stopped']>; open: RunView['open'] }) {
  const left = open.actions.filter((one) => one.status === 'held')
  const { halt, rejected } = stopped
  return (
    <section id="stopped" className="blk" aria-labelledby="stopped-title">
      <h2 id="stopped-title">What stopping it did</h2>
      <p className="s12">
        {halt.engagedBy?.name ?? 'Somebody'} engaged <Link href={paths.haltOf(halt.id)}>the halt of this run</Link>
        {halt.liftedAt === null ? ', which is in force.' : ', which was lifted since.'}
      </p>
      <ul className="rows s12">
        {rejected.map((one) => (
          <li key={one.approval}>
            <span>
              <b>Rejected</b>{' '}
              <Link href={paths.action(one.action)}>
                <What of={one} />
              </Link>
            </span>
          </li>
        ))}
        {left.map((one) => (
          <li key={one.action}>
            <span>
              <b>Not rejected</b>{' '}
              {one.approval === null ? (
                <What of={one} />
              ) : (
                <Link href={paths.approval(one.approval.id)}>
                  <What of={one} />
                </Link>
              )}{' '}
              {one.barred ?? 'It takes more than one reason for all: answer it on its own page.'} It is frozen.
            </span>
          </li>
        ))}
      </ul>
      {rejected.length + left.length === 0 && <p className="s12">Nothing of it was waiting.</p>}
    </section>
  )
}

const requests = (n: number): string => (n === 1 ? '1 request' : `${n.toLocaleString('en')} requests`)
const grants = (n: number): string =>
  n === 0 ? 'No unused grant' : n === 1 ? '1 unused grant' : `${n.toLocaleString('en')} unused grants`
