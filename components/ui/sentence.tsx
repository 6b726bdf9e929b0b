import { HostileText } from './hostile-text'

/** A part of a sentence: `text` is ours, `data` is an agent's own and shown apart. */
export type SentencePart = { kind: 'text' | 'data'; text: string }

/** A sentence of our words with an agent's set apart in it: data, underlined, never bold, never a link. */
export function Sentence({ parts }: { parts: readonly SentencePart[] }) {
  return parts.map((part, at) =>
    part.kind === 'text' ? (
      part.text
    ) : (
      <em className="data" key={at}>
        <HostileText text={part.text} max={160} />
      </em>
    ),
  )
}
