'use client'

import { TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Icon } from './icon'

/** One thing wrong with a form. `field` is the name of the control; without it the whole form is meant. */
export type FormError = { field?: string; detail: string }

/**
 * What is wrong with a form, above it, each line leading to its field. It takes the focus whenever there is something new
 * to say, so that nobody has to hunt (WCAG 3.3.1). On a page answered without JavaScript the browser keeps it at the top.
 */
export function FormErrors({
  errors,
  nothing = 'Nothing was saved',
}: {
  errors: readonly FormError[]
  /** what did not happen because of them */ nothing?: string
}) {
  const box = useRef<HTMLDivElement>(null)
  const said = errors.map((error) => error.detail).join('\n')
  useEffect(() => {
    if (said) box.current?.focus()
  }, [said])
  if (errors.length === 0) return null
  return (
    <div className="errs" role="alert" tabIndex={-1} ref={box}>
      <h2>
        <Icon of={TriangleAlert} />
        {errors.length === 1
          ? `${nothing}: one thing is not right.`
          : `${nothing}: ${errors.length} things are not right.`}
      </h2>
      <ul>
        {errors.map((error) => (
          <li key={`${error.field ?? ''}${error.detail}`}>
            {error.field ? <a href={`#f-${error.field}`}>{error.detail}</a> : error.detail}
          </li>
        ))}
      </ul>
    </div>
  )
}
