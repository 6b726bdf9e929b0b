import { spellOut } from '@/lib/core/hostile'

/**
 * Text an agent, a tool or a stranger supplied. Always data: never markup, never a link, its direction kept inside it, and
 * every invisible character spelled out. `max` is the number of characters shown before the rest is folded away.
 */
export function HostileText({ text, max = 2_000 }: { text: string; max?: number }) {
  if (text.length <= max) return <Spelled text={text} />
  return (
    <>
      <Spelled text={text.slice(0, max)} />
      <details className="raw">
        <summary>{(text.length - max).toLocaleString('en')} characters more</summary>
        <Spelled text={text.slice(max)} />
      </details>
    </>
  )
}

function Spelled({ text }: { text: string }) {
  return (
    <bdi className="hostile">
      {spellOut(text).map((segment, at) =>
        segment.kind === 'text' ? (
          segment.text
        ) : (
          // The position is the identity of a segment: nothing is ever inserted between two of them.
          // eslint-disable-next-line react/no-array-index-key
          <span className="inv" key={at} title="invisible character made visible">
            {segment.code}
            {segment.count > 1 && ` ×${segment.count}`}
            {segment.hidden !== undefined && ` hides “${segment.hidden}”`}
          </span>
        ),
      )}
    </bdi>
  )
}
