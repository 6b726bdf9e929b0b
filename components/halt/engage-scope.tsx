'use client'

import { useRouter } from 'next/navigation'
import type { ChangeEvent } from 'react'
import { paths } from '@/lib/core/paths'
import { Button } from '../ui/button'
import type { Chosen } from './engage-words'

/**
 * Choosing what to stop. The choice is the address: with JavaScript the consequences follow at once, without it a button
 * asks for them. Nothing is chosen beforehand.
 */
export function EngageScope({
  chosen,
  agents,
  active,
}: {
  chosen: Pick<Chosen, 'scope' | 'agent'> | null
  agents: readonly string[]
  active: number
}) {
  const router = useRouter()
  const choose = (scope: string, agent?: string) => {
    router.replace(paths.halt(scope, agent), { scroll: false })
  }
  const pickScope = (event: ChangeEvent<HTMLInputElement>) => choose(event.target.value)
  return (
    <form method="get" action={paths.halt()} key={`${chosen?.scope ?? ''}${chosen?.agent ?? ''}`}>
      <fieldset>
        <legend className="vh">What to stop</legend>
        <label className="scope">
          <input
            type="radio"
            name="scope"
            value="organisation"
            required
            defaultChecked={chosen?.scope === 'organisation'}
            onChange={pickScope}
          />
          <span>
            <b>The organisation</b>
            <span className="t3">every agent there is</span>
          </span>
          <span className="ct">{active.toLocaleString('en')}</span>
        </label>
        <label className="scope">
          <input
            type="radio"
            name="scope"
            value="agent"
            required
            defaultChecked={chosen?.scope === 'agent'}
            onChange={pickScope}
          />
          <span>
            <b>One agent</b>
            <span className="t3">and nothing of the others</span>
          </span>
          <span className="ct">1</span>
        </label>
        <div className="pick">
          <label className="vh" htmlFor="f-agent">
            Which agent
          </label>
          <select
            id="f-agent"
            name="agent"
            className="in"
            defaultValue={chosen?.agent ?? ''}
            onChange={(event) => choose('agent', event.target.value)}
          >
            <option value="">choose an agent</option>
            {agents.map((slug) => (
              <option key={slug} value={slug}>
                {slug}
              </option>
            ))}
          </select>
        </div>
        <div className="show">
          <Button type="submit" size="sm">
            Show what it stops
          </Button>
        </div>
      </fieldset>
    </form>
  )
}
