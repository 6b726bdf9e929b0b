import { ButtonLink } from './button'

/** Newer and older pages of a keyset-paged list. A direction that has nothing is left out, not greyed. */
export function Pager({
  words,
  newer,
  older,
}: {
  /** "200 entries, newest first" */ words: string
  newer?: string
  older?: string
}) {
  return (
    <nav className="pg" aria-label="Pages">
      <span className="s12 t3">{words}</span>
      <div>
        {newer && (
          <ButtonLink size="sm" href={newer}>
            Newer
          </ButtonLink>
        )}
        {older && (
          <ButtonLink size="sm" href={older}>
            Older
          </ButtonLink>
        )}
      </div>
    </nav>
  )
}
