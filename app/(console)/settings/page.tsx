import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { KEYS_COOKIE, keysOff } from '@/components/approvals/keys-setting'
import { NoticeOf } from '@/components/people/notice'
import { NewPasswordField } from '@/components/people/join-form'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Button } from '@/components/ui/button'
import { Fact, Facts } from '@/components/ui/facts'
import { Field } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { readPerson } from '@/lib/people/read'
import { ROLE_SAYS } from '@/lib/people/role'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Settings' }
const KEYS = '/api/console/keys'
const PASSWORD = '/api/console/password'

/** Oneself: what one may do and why, and one's password. */
export default async function SettingsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [person, flash] = await Promise.all([readPerson(db(), actor.id), said(searchParams)])
  const off = keysOff((await cookies()).get(KEYS_COOKIE)?.value)
  const form = saidTo(flash, PASSWORD)
  return (
    <Main>
      <PageHead title={`You are ${actor.name}.`} lead={actor.email} />
      <SettingsTabs current={paths.settings()} />
      <NoticeOf flash={flash} />
      <Section id="may" title="What you may do">
        <Facts>
          {actor.roles.map((role) => (
            <Fact key={role} term={role}>
              {ROLE_SAYS[role]}
            </Fact>
          ))}
          {actor.roles.length === 0 && (
            <Fact term="no role">You register agents and answer for them. An administrator gives roles.</Fact>
          )}
          <Fact term="on call">{actor.onCall ? 'Now: you can halt and lift.' : 'Not now.'}</Fact>
          <Fact term="team">{person?.team?.name ?? 'none'}</Fact>
        </Facts>
      </Section>
      <Section id="keys" title="Keys of the inbox" aside="in this browser">
        <p>
          Single keys move along the requests and open the form of a verdict; none of them gives one. They are{' '}
          <b>{off ? 'off' : 'on'}</b>.
        </p>
        <form method="post" action={KEYS}>
          <input type="hidden" name="keys" value={off ? 'on' : 'off'} />
          <Button type="submit">{off ? 'Switch the keys on' : 'Switch the keys off'}</Button>
        </form>
      </Section>
      <Section id="password" title="Change your password" aside="your other sessions end">
        <form method="post" action={PASSWORD} className="narrow-form">
          <FormErrors errors={form.errors} />
          <Field
            label="Your password now"
            name="current"
            type="password"
            autoComplete="current-password"
            required
            error={form.error('current')}
          />
          <NewPasswordField label="A new one" error={form.error('password')} />
          <Button type="submit">Change my password</Button>
        </form>
      </Section>
    </Main>
  )
}
