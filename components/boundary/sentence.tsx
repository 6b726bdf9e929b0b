import type { Sentence } from '@/lib/boundary/reach'

/** A sentence of the rules, with what must not be overlooked in strong. */
export function SentenceText({ of }: { of: Sentence }) {
  return of.map((piece, at) =>
    // A piece is its place in the sentence, which never changes.
    typeof piece === 'string' ? <span key={at}>{piece}</span> : <b key={at}>{piece.strong}</b>,
  )
}
