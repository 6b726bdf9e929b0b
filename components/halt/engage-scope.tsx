'use client'

import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { paths } from '@/lib/core/paths'
import type { HaltScope } from '@/lib/halt/halt'
import type { Nameable } from '@/lib/halt/read'
import { Button } from '../ui/button'
import { EngageWhich } from './engage-which'
import { useEarly } from '../ui/use-early'
import { CHOICES, type Chosen } from './engage-words'

/** What can be named, by scope. */
export type Names = Readonly<Record<'environment' | 'team' | 'agent' | 'server' | 'tool', Nameable>>

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
  const form = useRef<HTMLFormElement>(null)
  useEarly(form, (entered) => {
    const early = CHOICES.find(({ scope }) => scope === entered.get('scope'))?.scope
    const named = early === undefined ? null : entered.get(early)
    const name = typeof named === 'string' ? named : ''
    if (early !== undefined && (early !== picked.scope || (name !== '' && name !== picked.name))) choose(early, name)
  })
  return (
    <form ref={form} method="get" action={paths.halt()} autoComplete="off">
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
              <span className="ct">{(which === null ? active : names[scope].count).toLocaleString('en')}</span>
            </label>
            {which !== null && (
              <EngageWhich
                scope={scope}
                empty={which}
                of={names[scope]}
                list={{
                  value: picked.scope === scope ? picked.name : '',
                  onChange: (event) => {
                    choose(scope, event.target.value)
                  },
                }}
                // asked with the button, or with Enter: what is half written names nobody
                text={{
                  placeholder: `the ${scope}’s name, or a part of it`,
                  value: picked.scope === scope ? picked.name : '',
                  onChange: (event) => {
                    setPicked({ scope, name: event.target.value })
                  },
                }}
              />
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
