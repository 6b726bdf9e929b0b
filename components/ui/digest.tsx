import { CopyButton } from './copy-button'
import { digestWords } from './digest-words'

/** A digest or key, short at first, whole when opened, and copied exactly as it is. */
export function Digest({ value, what = 'the digest' }: { value: string; what?: string }) {
  const { short, full } = digestWords(value)
  if (short === full) return <span className="dig">{value}</span>
  return (
    <span className="digest">
      <details>
        <summary title={value}>
          <span className="dig">{short}</span>
          <span className="vh"> show all of {what}</span>
        </summary>
        <span className="dig full">{full}</span>
      </details>
      <CopyButton text={value} what={what} />
    </span>
  )
}
