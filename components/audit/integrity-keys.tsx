import type { Integrity } from '@/lib/audit/integrity'
import { CopyButton } from '../ui/copy-button'

/** The verifier keys: whoever wrote them down can check checkpoints and receipts without trusting this server. */
export function IntegrityKeys({ integrity }: { integrity: Integrity }) {
  return (
    <>
      <VerifierKey title="Checkpoints" value={integrity.vkey} what="the key of checkpoints" />
      <VerifierKey title="Receipts" value={integrity.receiptVkey} what="the key of receipts" />
    </>
  )
}

function VerifierKey({ title, value, what }: { title: string; value: string; what: string }) {
  return (
    <div className="vkey">
      <h3>{title}</h3>
      <p className="mono any">{value}</p>
      <CopyButton text={value} what={what} label="Copy" />
    </div>
  )
}
