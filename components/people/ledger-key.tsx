import { CopyButton } from '@/components/ui/copy-button'

/** The key by which anybody finds a rewritten ledger, to be written down elsewhere (C2SP signed-note, vkey). */
export function LedgerKey({ origin, vkey }: { origin: string; vkey: string }) {
  return (
    <div className="closing">
      <h3>The ledger has begun</h3>
      <p className="dig">{origin}</p>
      <p className="dig">
        {vkey} <CopyButton text={vkey} what="the ledger’s key" />
      </p>
      <p className="s12 t3">Write the key down elsewhere. It lets anyone find a rewritten ledger, us included.</p>
    </div>
  )
}
