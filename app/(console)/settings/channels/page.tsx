import type { Metadata } from 'next'
import { ChannelCard } from '@/components/notifications/channel-card'
import { ChannelFields } from '@/components/notifications/channel-fields'
import { CHANNEL_WORDS, STATE_WORDS, WAY_WORDS } from '@/components/notifications/notification-words'
import { ActForm } from '@/components/people/act-form'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { ROOM_KINDS, type ChannelKind } from '@/lib/notify/channel'
import { listChannels, type ChannelView } from '@/lib/notify/read-notifications'
import { can } from '@/lib/people/permission'
import { listTeams } from '@/lib/people/read'
import type { Flash } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Channels' }
const API = '/api/console/channels'
const KINDS: readonly ChannelKind[] = ['smtp', ...ROOM_KINDS]

/** By which channels people are told, and how each goes. `?make=`, `?edit=` and `?remove=` open a form. */
export default async function ChannelsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'channel.read')
  if (!permission.ok) return <NotPermitted title="Channels" reason={permission.reason} />
  const [{ channels, day }, teams, flash, query] = await Promise.all([
    listChannels(db(), new Date()),
    listTeams(db()),
    said(searchParams),
    searchParams,
  ])
  const manages = can(actor, 'channel.manage').ok
  const missing = KINDS.filter((kind) => kind !== 'smtp' || !channels.some((one) => one.kind === 'smtp'))
  return (
    <Main>
      <LiveRefresh topic={['notifications']} />
      <PageHead
        title={headline(channels)}
        lead="A message says that something waits, with a link. It never holds an argument or a secret, and nothing is decided by it."
      />
      <SettingsTabs current={paths.channels()} />
      <NoticeOf flash={flash} />
      {manages && <Act query={query} channels={channels} teams={teams} flash={flash} />}
      {channels.map((channel) => (
        <ChannelCard key={channel.id} channel={channel} manages={manages} />
      ))}
      {manages && (
        <Section id="make" title="Add a channel">
          <div className="flex flex-wrap gap-2">
            {missing.map((kind) => (
              <ButtonLink key={kind} href={paths.channels({ make: kind })}>
                {CHANNEL_WORDS[kind].name}
              </ButtonLink>
            ))}
          </div>
        </Section>
      )}
      {day.length > 0 && (
        <Section id="day" title="The last day" aside="messages, by how they went">
          <ul>
            {day.map(({ via, state, count }) => (
              <li key={`${via} ${state}`}>
                {WAY_WORDS[via]}: {count.toLocaleString('en')} {STATE_WORDS[state].word.toLowerCase()}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Main>
  )
}

function Act({
  query,
  channels,
  teams,
  flash,
}: {
  query: Record<string, unknown>
  channels: readonly ChannelView[]
  teams: readonly { id: string; name: string }[]
  flash: Flash | undefined
}) {
  const kind = KINDS.find((one) => one === query.make)
  if (kind !== undefined)
    return (
      <ActForm
        id="make-channel"
        title={`Add ${CHANNEL_WORDS[kind].name}`}
        action={API}
        said={saidTo(flash, API)}
        submit="Add the channel"
        cancel={paths.channels()}
        consequence={CHANNEL_WORDS[kind].says}
      >
        <ChannelFields kind={kind} now={null} teams={teams} said={saidTo(flash, API)} />
      </ActForm>
    )
  const find = (id: unknown) => channels.find((one) => publicId('channel', one.id) === id && !one.ofEnvironment)
  const [edited, removed] = [find(query.edit), find(query.remove)]
  if (edited !== undefined) {
    const action = `${API}/${publicId('channel', edited.id)}`
    return (
      <ActForm
        id="edit-channel"
        title={`Edit ${edited.name}`}
        action={action}
        said={saidTo(flash, action)}
        submit="Save"
        cancel={paths.channels()}
      >
        <ChannelFields kind={edited.kind} now={edited} teams={teams} said={saidTo(flash, action)} />
      </ActForm>
    )
  }
  if (removed === undefined) return null
  const action = `${API}/${publicId('channel', removed.id)}/removal`
  return (
    <ActForm
      id="remove-channel"
      title={`Remove ${removed.name}?`}
      action={action}
      said={saidTo(flash, action)}
      submit={`Remove ${removed.name}`}
      variant="neg"
      cancel={paths.channels()}
      consequence="Nobody is told by it any more. What waits for it is dropped, and its secret is forgotten."
    />
  )
}

function headline(channels: readonly ChannelView[]): string {
  const failing = channels.filter(({ state }) => state === 'failing')
  if (failing.length === 1) return `${failing[0]?.name ?? 'A channel'} does not deliver.`
  if (failing.length > 1) return `${failing.length} channels do not deliver.`
  if (channels.length === 0) return 'People are told on their screens alone.'
  return channels.length === 1 ? 'One channel delivers.' : `All ${channels.length} channels deliver.`
}
