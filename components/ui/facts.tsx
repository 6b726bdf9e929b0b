import type { ReactNode } from 'react'
import { classNames } from './class-names'

/** Facts about one thing, a term and its answer a line. `width` is that of the terms: 84, 112 or 148 px. */
export function Facts({ width = 'normal', children }: { width?: 'narrow' | 'normal' | 'wide'; children: ReactNode }) {
  return <dl className={classNames('facts', width !== 'normal' && width)}>{children}</dl>
}

/** One line of `Facts`. */
export function Fact({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  )
}
