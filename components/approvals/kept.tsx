import { CopyButton } from '../ui/copy-button'

/** What somebody had typed when the form went away under them: never lost, only no longer needed. */
export function Kept({ reason }: { reason: string }) {
  if (reason.trim() === '') return null
  return (
    <div className="kept">
      <p className="s12 t3">You had written, and it was not recorded:</p>
      <p className="any">{reason}</p>
      <CopyButton text={reason} what="what you had written" label="Copy" />
    </div>
  )
}
