import { ShieldAlert, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import type { LastWalk, Walk } from '@/lib/audit/integrity'
import { sayTook } from '@/lib/audit/story'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'

/** What walking the whole log found: every entry from its bytes, the tree over them, and every kept checkpoint. */
export function IntegrityWalk({ walk, last, may }: { walk: Walk | null; last: LastWalk | null; may: Permission }) {
  return (
    <>
      <div role="status">
        {walk && <Found walk={walk} />}
        <Last last={last} />
      </div>
      <form method="get" action={paths.integrity()} className="formend check">
        <input type="hidden" name="verify" value="1" />
        <Button type="submit" icon={ShieldCheck} disabledReason={may.ok ? undefined : may.reason}>
          Check every entry now
        </Button>
        <span className="hint">
          Or without this server: <span className="mono">npx countersign verify</span>
        </span>
      </form>
    </>
  )
}

/** The server walks by itself, all day, and also against the checkpoints it keeps outside its database. */
function Last({ last }: { last: LastWalk | null }) {
  if (last === null)
    return <p className="t2">The server has not walked the log since it was set up. It begins within a minute.</p>
  const { finding, size, checkpoints, erased, endedAt, beganAt } = last
  const took = sayTook(Date.parse(endedAt) - Date.parse(beganAt))
  if (finding === null)
    return (
      <p>
        <span className="st allow">
          <Icon of={ShieldCheck} />
          Whole
        </span>{' '}
        when the server last walked it by itself, <Time at={endedAt} />, in {took}: {size.toLocaleString('en')} entries
        from their bytes, the tree built anew, {checkpoints} {checkpoints === 1 ? 'checkpoint' : 'checkpoints'}{' '}
        compared, those kept outside the database among them.
        {erased > 0 && ` ${erased.toLocaleString('en')} payloads were erased on purpose, and entries say so.`}
      </p>
    )
  return (
    <p>
      <span className="st forbid">
        <Icon of={ShieldAlert} />
        Broken
      </span>{' '}
      when the server last walked it by itself, <Time at={endedAt} />:{' '}
      {finding.index !== null && (
        <>
          <Link href={paths.entry(finding.index)}>entry #{finding.index.toLocaleString('en')}</Link>:{' '}
        </>
      )}
      {finding.words}
      {finding.entry && <span className="mono"> {finding.entry}</span>}.
    </p>
  )
}

function Found({ walk }: { walk: Walk }) {
  switch (walk.state) {
    case 'whole':
      return (
        <p>
          <span className="st allow">
            <Icon of={ShieldCheck} />
            Whole
          </span>{' '}
          {walk.size.toLocaleString('en')} entries hashed from their bytes, the tree built anew, {walk.checkpoints} kept{' '}
          {walk.checkpoints === 1 ? 'checkpoint' : 'checkpoints'} compared, in {sayTook(walk.tookMs)}.
          {walk.erased > 0 && ` ${walk.erased} payloads were erased on purpose, and entries say so.`}
        </p>
      )
    case 'broken':
      return (
        <p>
          <span className="st forbid">
            <Icon of={ShieldAlert} />
            Broken
          </span>{' '}
          {walk.index !== null ? (
            <>
              At <Link href={paths.entry(walk.index)}>entry #{walk.index.toLocaleString('en')}</Link>: {walk.words}.
              Everything before it holds.
            </>
          ) : (
            <>
              {walk.words}
              {walk.entry && <span className="mono"> {walk.entry}</span>}.
            </>
          )}
        </p>
      )
    case 'too_long':
      return (
        <p>
          More than {walk.most.toLocaleString('en')} entries are too many to walk while you wait. The command does it,
          with its progress.
        </p>
      )
  }
}
