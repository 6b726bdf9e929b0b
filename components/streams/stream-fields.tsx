import type { Destination, StreamContents, StreamKind } from '@/lib/notify/stream'
import { writeKinds } from '@/lib/notify/stream'
import type { Said } from '../people/said'
import { Field, Option, Options, TextArea } from '../ui/field'

/** What a stream is now, for the form that changes it; null for one that is made. */
export type StreamNow = {
  name: string
  destination: Destination
  kinds: readonly string[] | null
  contents: StreamContents
  hasSecret: boolean
} | null

/** The fields of a stream of one kind. What somebody typed stands before what the stream is now; a secret never comes back. */
export function StreamFields({ kind, now, said }: { kind: StreamKind; now: StreamNow; said: Said }) {
  return (
    <>
      <input type="hidden" name="kind" value={kind} />
      <Field
        label="Name"
        name="name"
        required
        maxLength={80}
        hint="As people know the receiver: “Splunk, security”."
        defaultValue={said.value('name') ?? now?.name}
        error={said.error('name')}
      />
      {kind === 'ocsf_syslog' ? (
        <SyslogFields now={now} said={said} />
      ) : (
        <HttpFields kind={kind} now={now} said={said} />
      )}
      <Box name="private" said={said} on={now?.destination.settings.private ?? false} hint={PRIVATE}>
        It is in our own network
      </Box>
      {kind !== 'shared_signals' && <What now={now} said={said} />}
    </>
  )
}

/** Which entries are sent, and how much of them. */
function What({ now, said }: { now: StreamNow; said: Said }) {
  return (
    <>
      <TextArea
        label="Kinds of entry"
        aside="all when empty"
        name="kinds"
        rows={2}
        mono
        hint="For example: action.decided approval.* halt.*"
        defaultValue={said.value('kinds') ?? writeKinds(now?.kinds ?? null)}
        error={said.error('kinds')}
      />
      <Options legend="What is sent" name="contents" error={said.error('contents')}>
        <Radio
          name="contents"
          value="entries"
          said={said}
          now={now?.contents ?? 'entries'}
          hint="Pseudonymous ids, kinds, outcomes, rules. No personal data."
        >
          Entries alone
        </Radio>
        <Radio
          name="contents"
          value="projection"
          said={said}
          now={now?.contents ?? 'entries'}
          hint="In plain, also of people who asked. Once sent, erasing it here does not erase it there."
        >
          Entries with tool, resource and requester
        </Radio>
      </Options>
    </>
  )
}

const PRIVATE =
  'Allows private addresses, and sending without encryption to them. Link-local and metadata addresses are never sent to.'

function HttpFields({
  kind,
  now,
  said,
}: {
  kind: 'cloudevents' | 'otlp' | 'shared_signals'
  now: StreamNow
  said: Said
}) {
  const settings = now?.destination.kind === kind ? now.destination.settings : null
  return (
    <>
      <Field
        label="Address"
        name="url"
        type="url"
        required
        maxLength={2000}
        placeholder={kind === 'otlp' ? 'https://collector.example.com/v1/logs' : 'https://siem.example.com/countersign'}
        defaultValue={said.value('url') ?? settings?.url}
        error={said.error('url')}
      />
      {kind === 'shared_signals' && (
        <Field
          label="Audience"
          name="audience"
          required
          maxLength={500}
          hint="Whom the receiver expects its tokens to be meant for."
          defaultValue={said.value('audience') ?? settings?.audience}
          error={said.error('audience')}
        />
      )}
      {kind !== 'cloudevents' && (
        <>
          <Field
            label="Header"
            aside="if the receiver wants one"
            name="header"
            maxLength={60}
            placeholder="authorization"
            defaultValue={said.value('header') ?? settings?.header ?? ''}
            error={said.error('header')}
          />
          <Field
            label="Its value"
            aside="kept encrypted, shown to nobody"
            name="secret"
            type="password"
            autoComplete="off"
            hint={now?.hasSecret === true ? 'Left empty, it stays as it is.' : undefined}
            error={said.error('secret')}
          />
        </>
      )}
      {kind === 'cloudevents' && (
        <Box
          name="batch"
          said={said}
          on={settings?.batch ?? false}
          hint="Much faster. The receiver must read application/cloudevents-batch+json."
        >
          Up to 100 events in a request
        </Box>
      )}
      <Authority value={said.value('ca') ?? settings?.ca ?? ''} error={said.error('ca')} />
    </>
  )
}

function SyslogFields({ now, said }: { now: StreamNow; said: Said }) {
  const settings = now?.destination.kind === 'ocsf_syslog' ? now.destination.settings : null
  return (
    <>
      <Field
        label="Host"
        name="host"
        required
        maxLength={253}
        placeholder="syslog.example.com"
        defaultValue={said.value('host') ?? settings?.host}
        error={said.error('host')}
      />
      <Field
        label="Port"
        name="port"
        required
        inputMode="numeric"
        defaultValue={said.value('port') ?? settings?.port ?? 6514}
        error={said.error('port')}
      />
      <Box name="tls" said={said} on={settings?.tls ?? true} hint="RFC 5425. Without it only within our own network.">
        TLS
      </Box>
      <Authority value={said.value('ca') ?? settings?.ca ?? ''} error={said.error('ca')} />
      <TextArea
        label="Our certificate"
        aside="if the receiver asks for one"
        name="cert"
        rows={3}
        mono
        defaultValue={said.value('cert') ?? settings?.cert ?? ''}
        error={said.error('cert')}
      />
      <TextArea
        label="Its key"
        aside="kept encrypted, shown to nobody"
        name="secret"
        rows={3}
        mono
        hint={now?.hasSecret === true ? 'Left empty, it stays as it is.' : undefined}
        error={said.error('secret')}
      />
    </>
  )
}

function Authority({ value, error }: { value: string; error: string | undefined }) {
  return (
    <TextArea
      label="Certificate of its authority"
      aside="beside the usual ones, PEM"
      name="ca"
      rows={3}
      mono
      defaultValue={value}
      error={error}
    />
  )
}

/** A checkbox: what was sent a moment ago says by its absence that it was off. */
function Box({
  name,
  said,
  on,
  hint,
  children,
}: {
  name: string
  said: Said
  on: boolean
  hint: string
  children: string
}) {
  const sent = said.values(name)
  return (
    <div className="fld opts">
      <Option type="checkbox" name={name} defaultChecked={sent === undefined ? on : sent.length > 0} hint={hint}>
        {children}
      </Option>
    </div>
  )
}

function Radio({
  name,
  value,
  said,
  now,
  hint,
  children,
}: {
  name: string
  value: string
  said: Said
  now: string
  hint: string
  children: string
}) {
  return (
    <Option
      type="radio"
      name={name}
      value={value}
      required
      defaultChecked={(said.value(name) ?? now) === value}
      hint={hint}
    >
      {children}
    </Option>
  )
}
