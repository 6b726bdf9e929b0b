import type { ShownValue as Value } from '@/lib/decisions/shown-tree'
import { HostileText } from '../ui/hostile-text'
import { ShownText } from './shown-text'

/** A value of the arguments, its names and values alike data; what is left out of a list or an object is counted. */
export function ShownValue({ of, files }: { of: Value; files: string | null }) {
  if (of.kind === 'plain') return <span className="mono">{of.text}</span>
  if (of.kind === 'text') return <ShownText of={of.text} files={files} max={2_000} />
  if (of.entries.length === 0 && of.more === 0) return <span className="t3">{of.list ? 'empty list' : 'nothing'}</span>
  return (
    <dl>
      {of.entries.map(({ name, value }, at) => (
        // names that are cut may be the same: a name is its place
        <Pair key={at} name={name} value={value} files={files} />
      ))}
      {of.more > 0 && (
        <>
          <dt>…</dt>
          <dd>
            and {of.more.toLocaleString('en')} more that {of.more === 1 ? 'is' : 'are'} not shown
          </dd>
        </>
      )}
    </dl>
  )
}

function Pair({ name, value, files }: { name: string; value: Value; files: string | null }) {
  return (
    <>
      <dt>
        <HostileText text={name} />
      </dt>
      <dd>
        <ShownValue of={value} files={files} />
      </dd>
    </>
  )
}
