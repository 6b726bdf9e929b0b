import type { TestedAgainst } from '@/lib/runs/contract'
import { Digest } from '../ui/digest'
import { HostileText } from '../ui/hostile-text'

/** What a change was tried on, by the agent's own account: data, nobody checked it. */
export function TestedList({ tests }: { tests: readonly TestedAgainst[] }) {
  return (
    <ul className="tested">
      {tests.map((test, at) => (
        <li key={at}>
          {test.passed !== undefined && <b>{test.passed ? 'passed' : 'failed'}: </b>}
          <HostileText text={test.data} max={300} />
          {test.result !== undefined && (
            <>
              {', '}
              <HostileText text={test.result} max={600} />
            </>
          )}
          {test.uri !== undefined && (
            <span className="mono t3">
              {' '}
              <HostileText text={test.uri} max={200} />
            </span>
          )}
          {test.digest !== undefined && (
            <>
              {' '}
              <Digest value={test.digest} what="the digest of the data" />
            </>
          )}
        </li>
      ))}
    </ul>
  )
}
