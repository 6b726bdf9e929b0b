import type { Proof } from '@/lib/audit/proof'

/** What a printed page needs so that its reader can check it later, without us: where it stands, over which root, and how. */
export function PrintedProof({ proof }: { proof: Proof }) {
  return (
    <div className="print-only printed-proof">
      <p>
        <b>How to check this page.</b> Entry {proof.index.toLocaleString('en')} of the log {proof.checkpoint.origin}.
        The SHA-256 leaf hash of its bytes is <code>{proof.leaf.computed}</code>; with the{' '}
        {proof.inclusion.hashes.length} hashes of its inclusion proof (RFC 9162 §2.1.3.2) it leads to the root{' '}
        <code>{proof.inclusion.root}</code> of the checkpoint over {proof.inclusion.size.toLocaleString('en')} entries:
      </p>
      <pre>{proof.checkpoint.note}</pre>
      <p>
        It was signed under <code>{proof.checkpoint.vkey}</code>: compare that with the key you wrote down. Ask for a
        bundle of evidence of this entry and run <code>countersign verify bundle.zip</code> on a machine of your own.
      </p>
    </div>
  )
}
