import type { Integrity } from '@/lib/audit/integrity'
import { CopyButton } from '../ui/copy-button'
import { Digest } from '../ui/digest'
import { Fact, Facts } from '../ui/facts'
import { Time } from '../ui/time'

/** What was signed last, and what waits for its place. */
export function IntegrityStanding({ integrity }: { integrity: Integrity }) {
  const { checkpoint, root, signedAt, waiting, waitingSince, quarantined } = integrity
  return (
    <>
      <Facts width="wide">
        <Fact term="Entries">{integrity.size.toLocaleString('en')}</Fact>
        {signedAt && (
          <Fact term="Signed">
            <Time at={signedAt} show="full" />
          </Fact>
        )}
        {root && (
          <Fact term="Root">
            <Digest value={root} what="the root hash" />
          </Fact>
        )}
        <Fact term="Waiting for a place">
          {waiting === 0 ? (
            'none'
          ) : (
            <>
              {waiting}
              {waitingSince && (
                <>
                  , the oldest since <Time at={waitingSince} show="clock" />
                </>
              )}
            </>
          )}
        </Fact>
        <Fact term="Set aside">
          {quarantined === 0 ? 'none' : <b>{quarantined} could not be given a place: an alarm</b>}
        </Fact>
      </Facts>
      {checkpoint && (
        <details className="raw">
          <summary>The checkpoint as it was signed</summary>
          <div className="codeb" role="region" aria-label="The last checkpoint" tabIndex={0}>
            <code>{checkpoint}</code>
          </div>
          <CopyButton text={checkpoint} what="the checkpoint" label="Copy" />
        </details>
      )}
    </>
  )
}
