import { kindsFor, PAGERDUTY_URL, SMTP_TLS, type ChannelKind, type SmtpSettings } from '@/lib/notify/channel'
import type { ChannelView } from '@/lib/notify/read-notifications'
import type { Said } from '../people/said'
import { Field, Option, Options, Select, TextArea } from '../ui/field'
import { KIND_WORDS } from './notification-words'

type Props = { kind: ChannelKind; now: ChannelView | null; teams: readonly { id: string; name: string }[]; said: Said }

/** The fields of a channel of one kind. A secret never comes back: left empty, it stays as it is. */
export function ChannelFields({ kind, now, teams, said }: Props) {
  return (
    <>
      <input type="hidden" name="kind" value={kind} />
      {kind === 'smtp' ? (
        <MailFields now={now} said={said} />
      ) : (
        <RoomFields kind={kind} now={now} teams={teams} said={said} />
      )}
      <div className="fld opts">
        <Option
          type="checkbox"
          name="private"
          defaultChecked={
            said.values('kind') === undefined ? (now?.settings.private ?? false) : said.values('private')?.length === 1
          }
          hint="Allows private addresses, and sending without encryption to them. Link-local and metadata addresses are never sent to."
        >
          It is in our own network
        </Option>
      </div>
    </>
  )
}

function RoomFields({ kind, now, teams, said }: Props & { kind: Exclude<ChannelKind, 'smtp'> }) {
  const pager = kind === 'pagerduty'
  const chosen = said.values('kinds') ?? now?.kinds ?? kindsFor(kind)
  return (
    <>
      <Field
        label="Name"
        name="name"
        required
        maxLength={80}
        hint="As people know it: “#soc-approvals”."
        defaultValue={said.value('name') ?? now?.name}
        error={said.error('name')}
      />
      {pager && (
        <Field
          label="Integration key"
          aside="kept encrypted, shown to nobody"
          name="key"
          type="password"
          autoComplete="off"
          required={now === null}
          hint={now === null ? 'Of an Events API v2 integration.' : STAYS}
          error={said.error('key')}
        />
      )}
      <Field
        label="Address"
        aside={pager ? 'PagerDuty’s own when empty' : 'kept encrypted, shown to nobody'}
        name="url"
        type={pager ? 'url' : 'password'}
        autoComplete="off"
        required={!pager && now === null}
        maxLength={2000}
        placeholder={pager ? PAGERDUTY_URL : undefined}
        defaultValue={pager && now !== null && 'url' in now.settings ? now.settings.url : undefined}
        hint={pager ? undefined : now === null ? 'Whoever has it can post there: it is a secret.' : STAYS}
        error={said.error('url')}
      />
      <Select
        label="Whose"
        name="team"
        empty="the whole organisation"
        defaultValue={said.value('team') ?? now?.team?.id ?? ''}
        choices={teams.map(({ id, name }) => [id, `the agents of team ${name}`])}
        error={said.error('team')}
      />
      <Options legend="What it is told" name="kinds" error={said.error('kinds')}>
        {kindsFor(kind).map((one) => (
          <Option key={one} type="checkbox" name="kinds" value={one} defaultChecked={chosen.includes(one)}>
            {KIND_WORDS[one].name}
          </Option>
        ))}
      </Options>
      <Select
        label="Alerts it is told of"
        name="severity"
        defaultValue={said.value('severity') ?? now?.severity ?? 'warning'}
        choices={[
          ['notice', 'every one'],
          ['warning', 'warnings and critical ones'],
          ['critical', 'critical ones alone'],
        ]}
        error={said.error('severity')}
      />
    </>
  )
}

const STAYS = 'Left empty, it stays as it is.'
const TLS_WORDS = {
  implicit: 'TLS from the first byte',
  starttls: 'STARTTLS, or nothing is sent',
  none: 'not at all',
} as const

function MailFields({ now, said }: Pick<Props, 'now' | 'said'>) {
  const settings = now !== null && 'from' in now.settings ? (now.settings satisfies SmtpSettings) : null
  return (
    <>
      <Field
        label="Host"
        name="host"
        required
        maxLength={253}
        placeholder="mail.example.com"
        defaultValue={said.value('host') ?? settings?.host}
        error={said.error('host')}
      />
      <Field
        label="Port"
        name="port"
        required
        inputMode="numeric"
        defaultValue={said.value('port') ?? settings?.port ?? 465}
        error={said.error('port')}
      />
      <Select
        label="Encrypted by"
        name="tls"
        defaultValue={said.value('tls') ?? settings?.tls ?? 'implicit'}
        choices={SMTP_TLS.map((one) => [one, TLS_WORDS[one]])}
        hint="Without encryption only within our own network."
        error={said.error('tls')}
      />
      <Field
        label="User"
        aside="if the server asks for one"
        name="user"
        autoComplete="off"
        maxLength={254}
        defaultValue={said.value('user') ?? settings?.user ?? ''}
        error={said.error('user')}
      />
      <Field
        label="Password"
        aside="kept encrypted, shown to nobody"
        name="password"
        type="password"
        autoComplete="off"
        hint={now?.hasSecret === true ? STAYS : undefined}
        error={said.error('password')}
      />
      <Field
        label="Mail comes from"
        name="from"
        type="email"
        required
        maxLength={254}
        placeholder="countersign@example.com"
        defaultValue={said.value('from') ?? settings?.from}
        error={said.error('from')}
      />
      <TextArea
        label="Certificate of its authority"
        aside="beside the usual ones, PEM"
        name="ca"
        rows={3}
        mono
        defaultValue={said.value('ca') ?? settings?.ca ?? ''}
        error={said.error('ca')}
      />
    </>
  )
}
