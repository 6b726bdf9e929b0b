import { ShieldAlert, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import type { Walk } from '@/lib/audit/integrity'
import { sayTook } from '@/lib/audit/story'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'

/** What walking the whole log found: every entry from its bytes, the tree over them, and every kept checkpoint. */
export function IntegrityWalk({ walk, may }: { walk: Walk | null; may: Permission }) {
  return (
    <>
      <div role="status">{walk ? <Found walk={walk} /> : <p className="t2">Not checked on this page yet.</p>}</div>
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
