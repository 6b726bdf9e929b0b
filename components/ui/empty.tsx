import { Lock } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { ButtonLink } from './button'
import { Icon } from './icon'

type Way = { href: string; words: string }

type EmptyProps = { title: string; children?: ReactNode } & (
  | /** Nothing waits any more: where the rest is. */ { kind: 'done'; see?: Way }
  | /** There never was one: what it is and the first step, unless somebody else has to take it. */ {
      kind: 'never'
      start?: Way
      learn?: Way
    }
  | /** The filter matched none: how to look wider. */ { kind: 'filtered'; clear: Way; wider?: Way }
  | /** Not for this person: whom to ask, in `children`. */ { kind: 'not-permitted'; children: ReactNode; see?: Way }
)

/** Why a region is empty. The kinds are a closed list, so that no page can show a label without the act it promises. */
export function Empty(props: EmptyProps) {
  return (
    <div className="empty">
      <p className="what">
        {props.kind === 'not-permitted' && <Icon of={Lock} />}
        {props.title}
      </p>
      {props.children && <p>{props.children}</p>}
      <Ways {...props} />
    </div>
  )
}

function Ways(props: EmptyProps) {
  switch (props.kind) {
    case 'done':
    case 'not-permitted':
      return props.see ? (
        <div className="acts">
          <Link href={props.see.href}>{props.see.words}</Link>
        </div>
      ) : null
    case 'never':
      return props.start || props.learn ? (
        <div className="acts">
          {props.start && (
            <ButtonLink variant="pri" href={props.start.href}>
              {props.start.words}
            </ButtonLink>
          )}
          {props.learn && <Link href={props.learn.href}>{props.learn.words}</Link>}
        </div>
      ) : null
    case 'filtered':
      return (
        <div className="acts">
          {props.wider && <ButtonLink href={props.wider.href}>{props.wider.words}</ButtonLink>}
          <ButtonLink variant="bare" href={props.clear.href}>
            {props.clear.words}
          </ButtonLink>
        </div>
      )
  }
}
