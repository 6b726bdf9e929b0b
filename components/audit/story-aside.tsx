import Link from 'next/link'
import { Fragment } from 'react'
import type { Standing } from '@/lib/agents/grade'
import { paths } from '@/lib/core/paths'
import type { Story } from '@/lib/audit/story'
import { GradeLine } from '../agents/grade'
import { Block } from '../shell/page'
import { Digest } from '../ui/digest'
import { Time } from '../ui/time'
import { Hops, type Hop } from '../ui/timeline'
import { KIND_WORDS } from './entry-words'

/** Two hops from the action to the human, as of then (C06); what was signed for; and the entries that say all this. */
export function StoryAside({
  story,
  standing,
}: {
  story: Story
  /** its agent today; left out where the page is small */ standing?: Standing
}) {
  const { owner } = story
  const hops: Hop[] = [
    { key: 'action', words: 'this action' },
    {
      key: 'agent',
      words: story.agent.slug,
      href: `${paths.agent(story.agent.slug)}?at=${encodeURIComponent(owner.at)}`,
    },
    owner.then
      ? { key: 'owner', words: owner.then.name, href: paths.person(owner.then.id, owner.at) }
      : { key: 'owner', words: 'nobody owned it' },
  ]
  return (
    <>
      <Hops
        title={
          <>
            Two hops to the human, as of <Time at={owner.at} show="moment" />
          </>
        }
        hops={hops}
      >
        {owner.proof && (
          <>
            {owner.proof.kind === 'agent.registered' ? 'Registered' : 'Handed over'} to them in{' '}
            <Place of={owner.proof} />.{' '}
          </>
        )}
        {owner.since.length === 0 ? (
          owner.then?.id === owner.now.id && 'Owner then and now.'
        ) : (
          <>
            Since then
            {owner.since.map((transfer, n) => (
              <Fragment key={transfer.entry}>
                {n > 0 && ', then'} {transfer.kind === 'agent.taken_over' ? 'taken over by' : 'handed to'}{' '}
                <Link href={paths.person(transfer.owner.id)}>{transfer.owner.name}</Link> on{' '}
                <Time at={transfer.at} show="moment" /> (<Place of={transfer} />)
              </Fragment>
            ))}
            .
          </>
        )}
        {owner.then && (
          <>
            {' '}
            <Link href={paths.owner(owner.then.id)}>Everything {owner.then.name} answered for</Link>.
          </>
        )}
        {owner.accountable && <> Accountable for this kind of action: {owner.accountable.name}.</>}
      </Hops>
      {standing && (
        <Block title="If its agent is halted today">
          <p>
            <GradeLine standing={standing} />
          </p>
        </Block>
      )}
      <Block title="Exactly what was asked">
        <p className="s12">
          <Digest value={story.decided.digest} what="the digest of the action" />
        </p>
        <p className="under">A verdict and a grant are for this digest, once.</p>
      </Block>
      <Block title="Its entries">
        <ul className="rows s12">
          {story.entries.map((entry) => (
            <li key={entry.id}>
              <span>
                {entry.index === null ? (
                  <span className="t3">no place yet</span>
                ) : (
                  <Link href={paths.entry(entry.index)}>#{entry.index.toLocaleString('en')}</Link>
                )}{' '}
                {KIND_WORDS[entry.kind]}
              </span>
              <span className="t3">
                <Time at={entry.at} show="clock" />
              </span>
            </li>
          ))}
        </ul>
      </Block>
    </>
  )
}

function Place({ of: { index } }: { of: { index: number | null } }) {
  if (index === null) return <>an entry without a place yet</>
  return <Link href={paths.entry(index)}>#{index.toLocaleString('en')}</Link>
}
