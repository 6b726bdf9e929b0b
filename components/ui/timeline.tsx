import { ArrowRight, type LucideIcon, Pause } from 'lucide-react'
import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'
import { Icon } from './icon'
import type { Tone } from './state-words'

/** The story of one action, oldest first: asked, decided, approved, executed, proven. */
export function Timeline({ children }: { children: ReactNode }) {
  return <ol className="tl">{children}</ol>
}

/** One step of a story. `end` is when it happened, or how long it took. */
export function Step({
  icon,
  tone,
  title,
  end,
  children,
}: {
  icon: LucideIcon
  tone?: Exclude<Tone, 'quiet'>
  title: ReactNode
  end?: ReactNode
  children?: ReactNode
}) {
  return (
    <li>
      <span className={tone ? `dot ${tone}` : 'dot'}>
        <Icon of={icon} size="xs" filled={icon === Pause} />
      </span>
      <h2>
        {title}
        {end && <span className="end">{end}</span>}
      </h2>
      {children}
    </li>
  )
}

export type Hop = { words: ReactNode; href?: string; key: string }

/** From an action to its agent to the person who answers for it, as of then (C06). */
export function Hops({ title, hops, children }: { title: ReactNode; hops: readonly Hop[]; children?: ReactNode }) {
  return (
    <section className="hops">
      <h2>{title}</h2>
      <ol>
        {hops.map((hop, at) => (
          <li key={hop.key}>
            {at > 0 && <Icon of={ArrowRight} />}
            <Fragment>
              {hop.href ? (
                <Link className="hop" href={hop.href}>
                  {hop.words}
                </Link>
              ) : (
                <span className="hop">{hop.words}</span>
              )}
            </Fragment>
          </li>
        ))}
      </ol>
      {children && <p className="s12 t3">{children}</p>}
    </section>
  )
}
