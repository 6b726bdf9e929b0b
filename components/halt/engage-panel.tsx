import { OctagonMinus } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import { LOOK_AGAIN } from '@/lib/halt/look-again'
import { Button, ButtonLink } from '../ui/button'
import { Field, Select } from '../ui/field'
import { EngageScope, type Names } from './engage-scope'
import type { Chosen, Reach } from './engage-words'
import { asksOnceMore, consequences, haltWords } from './engage-words'

/**
 * Stopping agents, in two steps that work without JavaScript: choose what, and see what that stops; then one red button that
 * names it. Nothing is required but the scope.
 */
export function EngagePanel({
  chosen,
  names,
  active,
  may,
  asked,
}: {
  chosen: Chosen | null
  /** what can be named, of each scope that names something */ names: Names
  /** how many agents could act */ active: number
  may: Permission
  /** the question before the widest halts was put already */ asked: boolean
}) {
  return (
    <div className="engg">
      <EngageScope key={typed(chosen, names)} chosen={chosen} names={names} active={active} />
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
            {chosen !== null && chosen.like.length > 0 && (
              <>
                <p className="t2">Names that hold what you wrote:</p>
                <ul className="rows">
                  {chosen.like.map((name) => (
                    <li key={name}>
                      <Link href={paths.halt(chosen.scope, name)}>{name}</Link>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        ) : (
          <Consequences chosen={chosen} reach={chosen.reach} may={may} active={active} asked={asked} />
        )}
      </div>
    </div>
  )
}

/** What was typed, where names are: the field takes over a name that was chosen beside it. */
function typed(chosen: Chosen | null, names: Names): string {
  if (chosen === null || chosen.scope === 'organisation' || chosen.scope === 'run') return ''
  return names[chosen.scope].names === null ? (chosen.name ?? '') : ''
}

function Consequences({
  chosen,
  reach,
  may,
  active,
  asked,
}: {
  chosen: Chosen
  reach: Reach
  may: Permission
  active: number
  asked: boolean
}) {
  const { standing, scope, name } = chosen
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
  const wide = asksOnceMore(scope, reach.agents, active)
  const what = haltWords(chosen, reach)
  return (
    <>
      <h3>{wide && asked ? `${what}${scope === 'organisation' ? ', all there are' : ''}?` : 'If you engage it'}</h3>
      <ol>
        {consequences(scope, reach).map(([count, words]) => (
          <li key={words}>
            <b>{count}</b>
            <span>{words}</span>
          </li>
        ))}
      </ol>
      {wide && !asked && may.ok ? (
        <>
          <div className="go">
            <ButtonLink
              variant="halt-quiet"
              size="lg"
              icon={OctagonMinus}
              href={paths.haltAsked(scope, name ?? undefined)}
            >
              {what}…
            </ButtonLink>
          </div>
          <p className="hint">Asks once more, naming the scope. Lifting it takes two people.</p>
        </>
      ) : (
        <EngageForm chosen={chosen} what={what} may={may} back={wide} />
      )}
    </>
  )
}

function EngageForm({
  chosen: { scope, name },
  what,
  may,
  back,
}: {
  chosen: Chosen
  what: string
  may: Permission
  /** it was asked once more */ back: boolean
}) {
  return (
    <form method="post" action="/api/console/halts">
      <input type="hidden" name="scope" value={scope} />
      {name !== null && <input type="hidden" name={scope} value={name} />}
      <Field name="reason" label="Why" aside="one line, or nothing for now" maxLength={2_000} autoComplete="off" />
      <Select
        name="until"
        label="Look again"
        aside="reminds; it lifts nothing"
        empty="nobody is reminded"
        choices={LOOK_AGAIN}
        defaultValue=""
      />
      <div className="go">
        <Button
          type="submit"
          variant="halt"
          size="lg"
          icon={OctagonMinus}
          disabledReason={may.ok ? undefined : may.reason}
        >
          {what}
        </Button>
        {back && may.ok && (
          <ButtonLink variant="bare" href={paths.halt()}>
            Not now
          </ButtonLink>
        )}
      </div>
      <p className="hint">
        It holds from the moment you are told so. What already left an agent may still arrive. Lifting it takes two
        people.
      </p>
    </form>
  )
}
