import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Integrity, SigningKey } from '@/lib/audit/integrity'
import { paths } from '@/lib/core/paths'
import { CopyButton } from '../ui/copy-button'
import { Time } from '../ui/time'

/** The verifier keys: whoever wrote them down can check checkpoints and receipts without trusting this server. */
export function IntegrityKeys({ integrity }: { integrity: Integrity }) {
  return (
    <>
      {integrity.keys.map((key, i) => (
        <VerifierKey key={key.vkey} title={i === 0 ? 'Checkpoints' : 'Checkpoints before'} value={key.vkey}>
          <Range of={key} />
        </VerifierKey>
      ))}
      <VerifierKey title="Receipts" value={integrity.receiptVkey} />
    </>
  )
}

function VerifierKey({ title, value, children }: { title: string; value: string; children?: ReactNode }) {
  return (
    <div className="vkey">
      <h3>{title}</h3>
      {children}
      <p className="mono any">{value}</p>
      <CopyButton text={value} what={`the key of ${title.toLowerCase()}`} label="Copy" />
    </div>
  )
}

/** Which checkpoints a key signs, from when to when. */
function Range({ of: { from, until, since, ended, entry } }: { of: SigningKey }) {
  if (from === null) return <p className="t2">Signs as soon as the entry that names it has its place.</p>
  return (
    <p className="t2">
      Signs {from === 0 ? 'from the beginning' : `from ${from.toLocaleString('en')} entries`}
      {until === null ? '' : ` up to ${until.toLocaleString('en')}`}
      {since && (
        <>
          , since <Time at={since} />
        </>
      )}
      {ended && (
        <>
          , until <Time at={ended} />
        </>
      )}
      {entry !== null && (
        <>
          ; <Link href={paths.entry(entry)}>entry #{entry.toLocaleString('en')}</Link> says so, signed with both keys
        </>
      )}
      .
    </p>
  )
}
