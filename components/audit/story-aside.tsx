import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Story } from '@/lib/audit/story'
import { Block } from '../shell/page'
import { Digest } from '../ui/digest'
import { Time } from '../ui/time'
import { Hops, type Hop } from '../ui/timeline'
import { KIND_WORDS } from './entry-words'

/** Two hops from the action to the human, as of then (C06); what was signed for; and the entries that say all this. */
export function StoryAside({ story }: { story: Story }) {
  const { owner } = story
  const hops: Hop[] = [
    { key: 'action', words: 'this action' },
    { key: 'agent', words: story.agent.slug, href: paths.agent(story.agent.slug) },
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
        {owner.then?.id === owner.now.id ? (
          'Owner then and now.'
        ) : (
          <>
            Today <Link href={paths.person(owner.now.id)}>{owner.now.name}</Link> answers for it.
          </>
        )}
        {owner.accountable && <> Accountable for this kind of action: {owner.accountable.name}.</>}
      </Hops>
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
