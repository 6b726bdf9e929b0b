import type { Metadata } from 'next'
import Link from 'next/link'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Provider, TrustForm } from '@/components/signals/providers'
import { EVENT_WORDS, OUTCOME_WORDS } from '@/components/signals/signal-words'
import { Table, Td, Th } from '@/components/table/table'
import { Empty } from '@/components/ui/empty'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { readProviders } from '@/lib/signals/read'

export const metadata: Metadata = { title: 'Signals' }

/** Whose security events are heard, what came of them, and where to send them. */
export default async function SignalsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'identity_provider.read')
  if (!permission.ok) return <NotPermitted title="Signals" reason={permission.reason} />
  const [{ providers, events }, flash] = await Promise.all([readProviders(db()), said(searchParams)])
  const manages = can(actor, 'identity_provider.manage')
  const endpoint = `${sessionConfig().publicUrl}/api/v1/security-events`
  return (
    <Main>
      <LiveRefresh topic={['halts']} />
      <PageHead
        title={
          providers.length === 0 ? 'No identity provider is heard.' : 'What identity providers say contains agents.'
        }
        lead="When a provider says that somebody’s session was revoked, their credential changed or their account was disabled, the agents they answer for are halted. It lifts nothing."
      />
      <SettingsTabs current={paths.signals()} />
      <NoticeOf flash={flash} />
      <Section id="providers" title="Identity providers">
        <p>
          They push Security Event Tokens (RFC 8935) to <code className="any">{endpoint}</code>
        </p>
        {providers.length === 0 && (
          <Empty kind="never" title="None yet">
            {manages.ok ? 'Name one below: its issuer, and where its keys are.' : manages.reason}
          </Empty>
        )}
        {providers.map((provider) => (
          <Provider key={provider.id} provider={provider} may={manages} said={(form) => saidTo(flash, form)} />
        ))}
      </Section>
      {manages.ok && (
        <Section id="hear" title="Hear another">
          <TrustForm audience={endpoint} said={saidTo(flash, '/api/console/identity-providers')} />
        </Section>
      )}
      <Section id="out" title="The other way">
        <p>
          What we say when agents are halted is pushed by a{' '}
          <Link href={paths.newStream('shared_signals')}>stream of security events</Link>.
        </p>
      </Section>
      {events.length > 0 && (
        <Section id="events" title="What came last">
          <Table label="Security events, the newest on top">
            <thead>
              <tr>
                <Th>When</Th>
                <Th>From</Th>
                <Th>What</Th>
                <Th>About</Th>
                <Th>So</Th>
                <Th num>Agents</Th>
              </tr>
            </thead>
            <tbody>
              {events.map((event, i) => (
                <tr key={`${event.at.toISOString()} ${String(i)}`}>
                  <th scope="row">
                    <Time at={event.at} />
                  </th>
                  <Td>{event.provider}</Td>
                  <Td>{EVENT_WORDS[event.kind]}</Td>
                  <Td quiet>{event.person ?? ''}</Td>
                  <Td quiet>{OUTCOME_WORDS[event.outcome]}</Td>
                  <Td num>{event.agents}</Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
      )}
    </Main>
  )
}
