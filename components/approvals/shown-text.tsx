import type { ShownText as Text, Whole } from '@/lib/decisions/shown-text'
import { HostileText } from '../ui/hostile-text'
import { sizeWords } from './size-words'

/** An agent's text as far as it is shown: its beginning, how much is left out and how to read it, its end. */
export function ShownText({ of, files, max = 4_000 }: { of: Text; files: string | null; max?: number }) {
  if (of.whole === null) return of.text === '' ? <Nothing /> : <HostileText text={of.text} max={max} />
  return (
    <>
      <HostileText text={of.text} max={max} />
      <WholeNote of={of.whole} files={files} />
      <HostileText text={of.end} max={max} />
    </>
  )
}

/** An empty text, said: nothing on a line is not seen. */
const Nothing = () => <span className="t3">empty text</span>

/** That a text is not shown whole: how large it is, its hash, and the file that has all of it. */
export function WholeNote({ of, files, what }: { of: Whole; files: string | null; what?: string }) {
  return (
    <span className="whole">
      <b>Not all of {what ?? 'it'} is shown.</b> {sizeWords(of.bytes)} in {of.lines.toLocaleString('en')}{' '}
      {of.lines === 1 ? 'line' : 'lines'}.{' '}
      {files !== null && (
        <a href={`${files}?at=${encodeURIComponent(of.at)}`} download>
          Download all of it as plain text
        </a>
      )}{' '}
      <span className="t3">
        SHA-256 <span className="mono">{of.sha256}</span>
      </span>
    </span>
  )
}
