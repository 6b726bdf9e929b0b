import { CopyButton } from './copy-button'
import { HostileText } from './hostile-text'

/** As deep as arguments are laid out; what lies deeper is shown as it was sent. */
const DEEPEST = 3

/**
 * Arguments as data: a line for each name, values as they are, and the exact text one click away. Both sides come from an
 * agent: names as well as values are hostile.
 * @param value the parsed JSON
 * @param raw the JSON text as it was recorded
 */
export function JsonView({ value, raw }: { value: unknown; raw: string }) {
  return (
    <div>
      {!isEmpty(value) && (
        <div className="args">
          <Value value={value} depth={0} />
        </div>
      )}
      <RawArguments raw={raw} />
    </div>
  )
}

/** Arguments as they were recorded, one click away. */
export function RawArguments({ raw }: { raw: string }) {
  return (
    <details className="raw">
      <summary>Raw arguments</summary>
      <div className="codeb cmd">
        <code>
          <HostileText text={raw} max={20_000} />
        </code>
      </div>
      <CopyButton text={raw} what="the raw arguments" label="Copy" />
    </details>
  )
}

function Value({ value, depth }: { value: unknown; depth: number }) {
  if (typeof value === 'string')
    return value === '' ? <span className="t3">empty text</span> : <HostileText text={value} />
  if (value === null) return <span className="t3">null</span>
  if (typeof value !== 'object') return <span className="mono">{JSON.stringify(value)}</span>
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item, at) => [String(at + 1), item])
    : Object.entries(value)
  if (entries.length === 0) return <span className="t3">{Array.isArray(value) ? 'empty list' : 'nothing'}</span>
  if (depth >= DEEPEST) {
    return (
      <code>
        <HostileText text={JSON.stringify(value)} />
      </code>
    )
  }
  return (
    <dl>
      {entries.map(([name, inner]) => (
        <Pair key={name} name={name} value={inner} depth={depth} />
      ))}
    </dl>
  )
}

function Pair({ name, value, depth }: { name: string; value: unknown; depth: number }) {
  return (
    <>
      <dt>
        <HostileText text={name} max={120} />
      </dt>
      <dd>
        <Value value={value} depth={depth + 1} />
      </dd>
    </>
  )
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
