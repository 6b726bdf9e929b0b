import type { Exact } from '@/lib/decisions/exact'
import { CopyButton } from '../ui/copy-button'
import { HostileText } from '../ui/hostile-text'
import { sizeWords } from './size-words'

/** The bytes the digest was computed over, one click away, so that anybody can compute it again without this server. */
export function ExactBytes({ of, digest, files }: { of: Exact; digest: string; files: string | null }) {
  return (
    <details className="raw">
      <summary>The exact bytes, {sizeWords(of.bytes)}</summary>
      {!of.matches && (
        <p>
          <b>These bytes do not give the digest of this request.</b> What is stored is not what was asked: do not decide
          on it.
        </p>
      )}
      <p className="t2">
        Canonical JSON (RFC 8785) of the salt, the agent, the tool, the arguments, the resource, on whose request, the
        run and the boundary. The SHA-256 of these bytes is the digest; of the downloaded file{' '}
        <span className="mono">sha256sum</span> says it.
      </p>
      <dl className="facts">
        <dt>Digest</dt>
        <dd className="mono any">{digest}</dd>
        <dt>Salt</dt>
        <dd className="mono any">{of.salt}</dd>
      </dl>
      {of.text === null ? (
        <p>Too large to be shown here.</p>
      ) : (
        <div className="codeb cmd" role="region" aria-label="Exact bytes" tabIndex={0}>
          <code>
            <HostileText text={of.text} max={60_000} />
          </code>
        </div>
      )}
      <p className="row-acts">
        {of.text !== null && <CopyButton text={of.text} what="the exact bytes" label="Copy" />}
        {files !== null && (
          <a className="btn sm" href={files} download>
            Download as a file
          </a>
        )}
      </p>
    </details>
  )
}
