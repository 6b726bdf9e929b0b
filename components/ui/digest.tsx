import { useId } from 'react'
import { CopyButton } from './copy-button'
import { digestWords } from './digest-words'

/** A digest or key, short at first, whole when opened (without JavaScript too), and copied exactly as it is. */
export function Digest({ value, what = 'the digest' }: { value: string; what?: string }) {
  const id = useId()
  const { short, full } = digestWords(value)
  if (short === full) return <span className="dig">{value}</span>
  return (
    <span className="digest">
      <button type="button" className="dig" popoverTarget={id} title={value}>
        {short}
        <span className="vh">: show all of {what}</span>
      </button>
      <span className="pop" id={id} popover="auto">
        <span className="dig">{full}</span>
        <CopyButton text={value} what={what} label="Copy" />
      </span>
    </span>
  )
}
