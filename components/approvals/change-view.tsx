import type { ChangeLine, ShownChange } from '@/lib/decisions/shown-changes'
import { HostileText } from '../ui/hostile-text'
import { ShownText, WholeNote } from './shown-text'
import { sideBySide, type Pair } from './side-by-side'

const BASIS: Record<ShownChange['basis'], string> = {
  compared: 'as the agent gives both texts; nobody has looked at what is there now',
  beginnings: 'too long to be compared here: the beginning of the old text, then of the new one',
  patch: 'a patch as the agent wrote it; nobody has tried whether it fits',
  written: 'the whole new text; what it replaces is not known here',
}

const SIGN = { same: ' ', removed: '-', added: '+', note: ' ' } as const
const SPOKEN = { same: '', removed: 'removed: ', added: 'added: ', note: '' } as const
const LOOK = { same: undefined, removed: 'd', added: 'a', note: 'h' } as const

/** A change of code or configuration: line by line, or side by side where there is room and somebody asks for it. */
export function ChangeView({ of, files }: { of: ShownChange; files: string | null }) {
  const compared = of.basis !== 'written' && of.basis !== 'beginnings'
  return (
    <div className="change">
      <header>
        {of.path && (
          <span className="mono any">
            <ShownText of={of.path} files={files} />
          </span>
        )}
        <span className="t3 s12">
          {of.added} {of.added === 1 ? 'line' : 'lines'} added, {of.removed} removed: {BASIS[of.basis]}
        </span>
        {compared && (
          // both are there, and the box shows one or the other: without a script, too
          <label className="btn sm sides">
            <input type="checkbox" /> Side by side
          </label>
        )}
      </header>
      <div className="codeb diff" role="region" aria-label="Change" tabIndex={0}>
        {of.lines.map((line, at) => (
          <Line key={at} of={line} />
        ))}
      </div>
      {compared && (
        <div className="codeb diff split" role="region" aria-label="Change, side by side" tabIndex={0}>
          {sideBySide(of.lines).map((pair, at) => (
            <Row key={at} of={pair} />
          ))}
        </div>
      )}
      {of.more > 0 && (
        <p className="s12">
          <b>
            {of.more.toLocaleString('en')} more {of.more === 1 ? 'line is' : 'lines are'} not shown.
          </b>
        </p>
      )}
      {of.wholes.map((whole) => (
        <p className="s12" key={whole.at}>
          <WholeNote of={whole} files={files} what={whole.at.slice(whole.at.lastIndexOf('/') + 1)} />
        </p>
      ))}
    </div>
  )
}

function Line({ of: line }: { of: ChangeLine }) {
  if (line.kind === 'skipped') return <span className="h">{skipped(line.count)}</span>
  return (
    <code className={LOOK[line.kind]}>
      <span className="sgn" aria-hidden="true">
        {SIGN[line.kind]}{' '}
      </span>
      <span className="vh">{SPOKEN[line.kind]}</span>
      <HostileText text={line.text} />
      {line.over > 0 && <b> … {line.over.toLocaleString('en')} more characters</b>}
    </code>
  )
}

function Row({ of }: { of: Pair }) {
  if ('across' in of)
    return (
      <div className="across">
        <Line of={of.across} />
      </div>
    )
  return (
    <div className="pair">
      {of.left ? <Line of={of.left} /> : <code className="none" />}
      {of.right ? <Line of={of.right} /> : <code className="none" />}
    </div>
  )
}

const skipped = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'} unchanged`
