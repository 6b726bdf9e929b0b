import { Check, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { isProven, type Proof } from '@/lib/audit/proof'
import { CopyButton } from '../ui/copy-button'
import { Digest } from '../ui/digest'
import { Icon } from '../ui/icon'

/** What was computed just now, step by step, with every hash it went through: a proof one can do again elsewhere. */
export function ProofSteps({ proof }: { proof: Proof }) {
  const { leaf, inclusion, checkpoint } = proof
  const proven = isProven(proof)
  return (
    <div className="proof" id="proof" role="status">
      <p>
        <b>{proven ? 'Verified just now, from the bytes as they are stored.' : 'This entry does not verify.'}</b>
      </p>
      <ol>
        <Checked holds={leaf.holds} title="The hash of the entry’s bytes">
          <Digest value={leaf.computed} what="the leaf hash" />
          {!leaf.holds && (
            <>
              {' '}
              is not <Digest value={leaf.stored} what="the recorded leaf hash" />, over which the log was built.
            </>
          )}
        </Checked>
        <Checked holds={inclusion.holds} title={`leads, over ${inclusion.hashes.length} hashes, to the root`}>
          {inclusion.missing !== null && (
            <p>Tile {inclusion.missing} of the tree is missing or cut short: somebody changed the database.</p>
          )}
          <Digest value={inclusion.root} what="the root hash" />
          {inclusion.hashes.length > 0 && (
            <details className="raw">
              <summary>The hashes on the way</summary>
              <div className="codeb" role="region" aria-label="The inclusion proof" tabIndex={0}>
                {inclusion.hashes.map((hash) => (
                  <code key={hash}>{hash}</code>
                ))}
              </div>
            </details>
          )}
        </Checked>
        <Checked
          holds={checkpoint.holds}
          title={`of the checkpoint over ${inclusion.size.toLocaleString('en')} entries, signed by this ledger`}
        >
          <details className="raw">
            <summary>The signed checkpoint</summary>
            <div className="codeb" role="region" aria-label="The signed checkpoint" tabIndex={0}>
              <code>{checkpoint.note}</code>
            </div>
            <CopyButton text={checkpoint.note} what="the checkpoint" label="Copy" />
          </details>
        </Checked>
      </ol>
      <p className="s12 t3">
        Computed by this server. Below, this browser does it again by itself; and the verifier does, from a bundle, on a
        machine that trusts only the key you wrote down.
      </p>
    </div>
  )
}

function Checked({ holds, title, children }: { holds: boolean; title: string; children: ReactNode }) {
  return (
    <li>
      <span className={holds ? 'st allow' : 'st forbid'}>
        <Icon of={holds ? Check : X} />
        {title}
      </span>{' '}
      <span className="vh">{holds ? '(holds)' : '(does not hold)'}</span> {children}
    </li>
  )
}
