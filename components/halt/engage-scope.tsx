'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/core/paths'
import type { HaltScope } from '@/lib/halt/halt'
import { Button } from '../ui/button'
import { CHOICES, type Chosen } from './engage-words'

/** What can be named, by scope. */
export type Names = Readonly<Record<'environment' | 'team' | 'agent' | 'server' | 'tool', readonly string[]>>

/**
 * Choosing what to stop. The choice is the address: with JavaScript the consequences follow at once, without it a button
 * asks for them. Nothing is chosen beforehand.
 */
export function EngageScope({
  chosen,
  names,
  active,
}: {
  chosen: Pick<Chosen, 'scope' | 'name'> | null
  names: Names
  active: number
}) {
  const router = useRouter()
  // kept here too, so that the keys go on where they are while the page reads what the choice would stop
  const [picked, setPicked] = useState({ scope: chosen?.scope, name: chosen?.name ?? '' })
  const choose = (scope: HaltScope, name = '') => {
    setPicked({ scope, name })
    router.replace(paths.halt(scope, name), { scroll: false })
  }
  return (
    <form method="get" action={paths.halt()}>
      <fieldset>
        <legend className="vh">What to stop</legend>
        {CHOICES.map(({ scope, label, hint, which }) => (
          <div key={scope} className="scopes">
            <label className="scope">
              <input
                type="radio"
                name="scope"
                value={scope}
                required
                checked={picked.scope === scope}
                onChange={() => {
                  choose(scope)
                }}
              />
              <span>
                <b>{label}</b>
                <span className="t3">{hint}</span>
              </span>
              <span className="ct">
                {which === null ? active.toLocaleString('en') : names[scope].length.toLocaleString('en')}
              </span>
            </label>
            {which !== null && (
              <div className="pick">
                <label className="vh" htmlFor={`f-${scope}`}>
                  Which {scope}
                </label>
                <select
                  id={`f-${scope}`}
                  name={scope}
                  className="in"
                  value={picked.scope === scope ? picked.name : ''}
                  onChange={(event) => {
                    choose(scope, event.target.value)
                  }}
                >
                  <option value="">{which}</option>
                  {names[scope].map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </div>
            )}
          </div>
        ))}
        <div className="show">
          <Button type="submit" size="sm" name="asked" value="1">
            Show what it stops
          </Button>
        </div>
      </fieldset>
    </form>
  )
}
