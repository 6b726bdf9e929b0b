import type { ChannelView } from '@/lib/notify/read-notifications'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { PostButton } from '../people/act-form'
import { ButtonLink } from '../ui/button'
import { Fact, Facts } from '../ui/facts'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { Section } from '../shell/page'
import { CHANNEL_WORDS, KIND_WORDS } from './notification-words'

/** One channel: where it leads, what it is told, how it goes, and what can be done. */
export function ChannelCard({ channel, manages }: { channel: ChannelView; manages: boolean }) {
  const { name, kind, settings, kinds, team, state, error, sent, sentAt, ofEnvironment } = channel
  const id = publicId('channel', channel.id)
  return (
    <Section id={id} title={name} aside={CHANNEL_WORDS[kind].name}>
      <Facts width="wide">
        <Fact term="State">
          <StateWord
            state={state === 'failing' ? 'raised' : 'active'}
            word={state === 'failing' ? 'Failing' : 'Active'}
          />
        </Fact>
        <Fact term="Where to">
          {settings.host}
          {'tls' in settings &&
            `:${settings.port}, ${settings.tls === 'none' ? 'not encrypted' : 'TLS'}, from ${settings.from}`}
          {ofEnvironment && ' (set by the environment of the server)'}
        </Fact>
        {kind !== 'smtp' && (
          <Fact term="Is told of">
            {kinds.map((one) => KIND_WORDS[one].name).join(', ')}
            {team === null ? '' : `, of the agents of team ${team.name}`}
          </Fact>
        )}
        <Fact term="Sent">
          {sent.toLocaleString('en')}
          {sentAt !== null && (
            <>
              , last <Time at={sentAt} show="relative" />
            </>
          )}
        </Fact>
        {error !== null && (
          <Fact term="Last failure">
            {error.says} {error.detail !== null && `(${error.detail}) `}
            <Time at={error.at} show="relative" />. {error.todo}
          </Fact>
        )}
      </Facts>
      {manages && (
        <div className="mt-4 flex flex-wrap gap-2">
          <PostButton action={`/api/console/channels/${id}/test`}>Send a test</PostButton>
          {!ofEnvironment && (
            <>
              <ButtonLink size="sm" href={paths.channels({ edit: id })}>
                Edit
              </ButtonLink>
              <ButtonLink size="sm" variant="bare" href={paths.channels({ remove: id })}>
                Remove…
              </ButtonLink>
            </>
          )}
        </div>
      )}
    </Section>
  )
}
