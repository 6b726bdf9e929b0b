import Link from 'next/link'
import type { ChangeView } from '@/lib/audit/resource-view'
import { paths } from '@/lib/core/paths'
import { TestedList } from '../audit/tested-list'
import { Digest } from '../ui/digest'
import { HostileText } from '../ui/hostile-text'
import { Sentence } from '../ui/sentence'
import { StateWord } from '../ui/state-word'
import { isStateName } from '../ui/state-words'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'

/** Every change agents proposed: who, for whom, tested against what, answered by whom in which words. */
export function Changes({ changes }: { changes: readonly ChangeView[] }) {
  return (
    <ol>
      {changes.map((change) => (
        <li key={change.action} className="change">
          <Change change={change} />
        </li>
      ))}
    </ol>
  )
}

function Change({ change }: { change: ChangeView }) {
  return (
    <>
      <header>
        {isStateName(change.status) && <StateWord state={change.status} />}
        <Link href={paths.action(change.action)}>
          <Time at={change.at} show="full" />
        </Link>
        {change.index !== null && (
          <Link className="t3" href={paths.entry(change.index)}>
            #{change.index.toLocaleString('en')}
          </Link>
        )}
      </header>
      <p>
        <Link href={`${paths.agent(change.agent)}?at=${encodeURIComponent(change.at)}`}>{change.agent}</Link> asked to{' '}
        <Sentence parts={change.sentence} />
        {change.requester && (
          <>
            , for <HostileText text={change.requester.id} max={80} /> <Tag>{change.requester.proof}</Tag>
          </>
        )}
        {change.owner && (
          <span className="t3">
            {' '}
            (owner then: <Link href={paths.person(change.owner.id, change.at)}>{change.owner.name}</Link>)
          </span>
        )}
      </p>
      {change.said === 'erased' && <p className="t2">What it asked in detail was erased; that it asked was not.</p>}
      {change.said === 'sensitive' && (
        <p className="t2">What it asked in detail is marked sensitive: it opens to who says why.</p>
      )}
      {change.said === 'broken' && (
        <p className="t2">
          <b>What is stored of it is not what its entry commits to.</b> Somebody changed it, so it is not shown.
        </p>
      )}
      {change.said === 'open' &&
        (change.testedAgainst.length > 0 ? (
          <>
            <p className="t3 s12">Tested against, by its own account:</p>
            <TestedList tests={change.testedAgainst} />
          </>
        ) : (
          <p className="t3 s12">It did not say what it was tested against.</p>
        ))}
      {change.verdicts.map((verdict) => (
        <p key={verdict.person.id}>
          <Link href={paths.person(verdict.person.id, verdict.at)}>{verdict.person.name}</Link>{' '}
          {verdict.answer === 'approve' ? 'approved' : 'rejected'} it <Time at={verdict.at} show="moment" />
          {verdict.reason === '' ? (
            ', without a word.'
          ) : (
            <>
              : “<HostileText text={verdict.reason} max={2_000} />”
            </>
          )}
        </p>
      ))}
      {change.digest && (
        <p className="t3 s12">
          Content <Digest value={change.digest} what="the digest of the content" />
        </p>
      )}
    </>
  )
}
