import Link from 'next/link'
import type { EntryDetail } from '@/lib/audit/entry-detail'
import { goneWords } from '@/lib/audit/gone'
import { paths } from '@/lib/core/paths'
import type { Entry } from '@/lib/ledger/entry'
import { CopyButton } from '../ui/copy-button'
import { Digest } from '../ui/digest'
import { Fact, Facts } from '../ui/facts'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { PurposeForm } from './purpose-form'
import { KIND_WORDS, OUTCOME_STATES } from './entry-words'

/** What an entry says in the open, field by field. There is nothing else in it: the rest is apart, and can be erased. */
export function EntryFields({ detail }: { detail: EntryDetail }) {
  const { entry } = detail
  if (!entry) {
    return (
      <p>
        <b>The bytes at this place are not an entry.</b> Somebody changed them after they were written. They are shown
        below as they are now.
      </p>
    )
  }
  return (
    <Facts width="wide">
      <Fact term="What">
        {KIND_WORDS[entry.kind]} <span className="mono t3">{entry.kind}</span>
      </Fact>
      <Fact term="When">
        <Time at={entry.time} show="full" />
      </Fact>
      <Fact term="Who">
        <Who detail={detail} />
      </Fact>
      {entry.outcome && (
        <Fact term="Outcome">
          <StateWord state={OUTCOME_STATES[entry.outcome]} />
        </Fact>
      )}
      {entry.reason && (
        <Fact term="Reason">
          <span className="mono">{entry.reason}</span>
          {entry.rule && (
            <>
              {', '}
              <span className="mono">{entry.rule}</span>
            </>
          )}
        </Fact>
      )}
      {detail.agent && (
        <Fact term="Agent">
          <Link href={`${paths.agent(detail.agent)}?at=${encodeURIComponent(entry.time)}`}>{detail.agent}</Link>, as of
          then
        </Fact>
      )}
      {detail.owner && (
        <Fact term="Owner then">
          <Link href={paths.person(detail.owner.id, entry.time)}>{detail.owner.name}</Link>
        </Fact>
      )}
      {detail.action && (
        <Fact term="Action">
          <Link href={paths.action(detail.action)}>Its whole story</Link>
        </Fact>
      )}
      {entry.boundary && (
        <Fact term="Boundary">
          {detail.agent ? (
            <Link href={paths.boundary(detail.agent, entry.boundary.version)}>version {entry.boundary.version}</Link>
          ) : (
            `version ${entry.boundary.version}`
          )}{' '}
          <Digest value={entry.boundary.digest} what="the digest of the boundary" />
        </Fact>
      )}
      {entry.tool && (
        <Fact term="Tool">
          <span className="mono">{entry.tool}</span>
        </Fact>
      )}
      {entry.verdicts && entry.verdicts.length > 0 && (
        <Fact term="Verdicts">{entry.verdicts.map(verdictWords).join('; ')}</Fact>
      )}
      {entry.labels && entry.labels.length > 0 && <Fact term="Labels">{entry.labels.join(', ')}</Fact>}
      <Fact term="Kept apart">
        <Apart detail={detail} />
      </Fact>
    </Facts>
  )
}

function Who({ detail: { actor, agent } }: { detail: EntryDetail }) {
  if (actor?.kind === 'person') return <Link href={paths.person(actor.id)}>{actor.name}</Link>
  return actor?.kind === 'agent' ? `The agent ${agent ?? ''}` : 'Countersign'
}

function Apart({ detail: { id, payload, projection, gone } }: { detail: EntryDetail }) {
  switch (payload) {
    case 'none':
      return 'Nothing: the entry says everything.'
    case 'erased':
      return <>{gone && <HostileText text={goneWords(gone)} max={1_200} />}. That it was said stays committed to.</>
    case 'broken':
      return <b>What is stored is not what the entry commits to. Somebody changed it.</b>
    case 'sensitive':
      return <PurposeForm entry={id} />
    case 'open':
      return (
        <>
          Words and arguments, sealed under a key that can be destroyed, and still what the entry commits to.
          <Shown of={projection} />
        </>
      )
  }
}

function Shown({ of: projection }: { of: EntryDetail['projection'] }) {
  const shown = Object.entries(projection ?? {}).filter(([, value]) => value !== null)
  if (shown.length === 0) return null
  return (
    <ul>
      {shown.map(([name, value]) => (
        <li key={name}>
          <span className="t3">{name.replaceAll('_', ' ')}</span> <HostileText text={value ?? ''} max={200} />
        </li>
      ))}
    </ul>
  )
}

/** The bytes that were hashed, and their hash. */
export function EntryBytes({ detail }: { detail: EntryDetail }) {
  return (
    <>
      <div className="codeb cmd" role="region" aria-label="The bytes of the entry" tabIndex={0}>
        <code>
          <HostileText text={detail.bytes} max={70_000} />
        </code>
      </div>
      <p className="under">
        SHA-256 of 0x00 and these {detail.bytes.length.toLocaleString('en')} bytes:{' '}
        <Digest value={detail.leaf} what="the leaf hash" />{' '}
        <CopyButton text={detail.bytes} what="the bytes" label="Copy the bytes" />
      </p>
    </>
  )
}

/** An answer as its entry names it: `approve, as analyst, with a passkey`. */
function verdictWords({ answer, capability, assurance }: NonNullable<Entry['verdicts']>[number]): string {
  return `${answer}, as ${capability}${assurance ? `, with a ${assurance}` : ''}`
}
