import type { ReactNode } from 'react'

/** The content of a page: the one `<main>`, where the skip link leads. `full` is for pages that fill the pane by themselves. */
export function Main({ full, children }: { full?: boolean; children: ReactNode }) {
  return (
    <main id="main" tabIndex={-1} className={full ? 'main full' : 'main'}>
      {children}
    </main>
  )
}

/** A page's headline, closed by the double rule: a sentence that says what is so, then what qualifies it, then what can be done. */
export function PageHead({
  title,
  lead,
  crumbs,
  acts,
}: {
  title: ReactNode
  lead?: ReactNode
  crumbs?: ReactNode
  acts?: ReactNode
}) {
  return (
    <header className="head">
      <div>
        {crumbs && (
          <nav className="crumbs" aria-label="Where this is">
            {crumbs}
          </nav>
        )}
        <h1>{title}</h1>
        {lead && <p className="lead">{lead}</p>}
      </div>
      {acts && <div className="acts">{acts}</div>}
    </header>
  )
}

/** A region of a page. `aside` qualifies the title; `right` leads on from it. The id also names the region. */
export function Section({
  id,
  title,
  aside,
  right,
  children,
}: {
  id: string
  title: ReactNode
  aside?: ReactNode
  right?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="sec" aria-labelledby={id}>
      <header className="sh">
        <h2 id={id}>{title}</h2>
        {aside && <span className="t3">{aside}</span>}
        {right && <span className="r">{right}</span>}
      </header>
      {children}
    </section>
  )
}

/** Content and, beside it, what stands: identity, state, who answers. One under the other on a phone. */
export function Columns({
  children,
  aside,
  label,
}: {
  children: ReactNode
  aside: ReactNode
  /** Names the aside. */ label: string
}) {
  return (
    <div className="cols">
      <div>{children}</div>
      <aside aria-label={label}>{aside}</aside>
    </div>
  )
}

/** One matter in an aside. */
export function Block({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="blk">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
