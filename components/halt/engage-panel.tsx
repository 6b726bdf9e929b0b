import { OctagonMinus } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { EngageScope, type Names } from './engage-scope'
import type { Chosen, Reach } from './engage-words'
import { consequences, haltWords } from './engage-words'

/**
 * Stopping agents, in two steps that work without JavaScript: choose what, and see what that stops; then one red button that
 * names it. Nothing is required but the scope.
 */
export function EngagePanel({
  chosen,
  names,
  active,
  may,
}: {
  chosen: Chosen | null
  /** what can be named, of each scope that names something */ names: Names
  /** how many agents could act */ active: number
  may: Permission
}) {
  return (
    <div className="engg">
      <EngageScope chosen={chosen} names={names} active={active} />
      <div className="cons">
        {chosen === null || chosen.reach === null ? (
          <>
            <h3>What it stops is said here</h3>
            <p className="t2">
              {chosen === null
                ? 'Choose what to stop.'
                : chosen.name === null
                  ? `Choose which ${chosen.scope} to stop.`
                  : `There is no ${chosen.scope} of that name.`}
            </p>
          </>
        ) : (
          <Consequences chosen={chosen} reach={chosen.reach} may={may} />
        )}
      </div>
    </div>
  )
}

function Consequences({ chosen, reach, may }: { chosen: Chosen; reach: Reach; may: Permission }) {
  const { standing } = chosen
  if (standing !== null) {
    return (
      <>
        <h3>It is halted already</h3>
        <p className="t2">
          <Link href={paths.haltOf(standing)}>The halt in force</Link> covers exactly this.
        </p>
      </>
    )
  }
  return (
    <form method="post" action="/api/console/halts">
      <h3>If you engage it</h3>
      <ol>
        {consequences(reach).map(([count, words]) => (
          <li key={words}>
            <b>{count}</b>
            <span>{words}</span>
          </li>
        ))}
      </ol>
      <input type="hidden" name="scope" value={chosen.scope} />
      {chosen.name !== null && <input type="hidden" name={chosen.scope} value={chosen.name} />}
      <Field name="reason" label="Why" aside="one line, or nothing for now" maxLength={2_000} autoComplete="off" />
      <div className="go">
        <Button
          type="submit"
          variant="halt"
          size="lg"
          icon={OctagonMinus}
          disabledReason={may.ok ? undefined : may.reason}
        >
          {haltWords(chosen, reach)}
        </Button>
      </div>
      <p className="hint">It holds from the moment you are told so. Lifting it takes two people.</p>
    </form>
  )
}
