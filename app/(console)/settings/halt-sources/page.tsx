import type { Metadata } from 'next'
import Link from 'next/link'
import { SourceCard } from '@/components/halt/source-card'
import { ActForm } from '@/components/people/act-form'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, TextArea } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { listSources } from '@/lib/halt/read-sources'
import { can } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import type { Flash } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Sources of halts' }
const MAKE = '/api/console/halt-sources'

/** What outside may engage halts with a signed webhook. `?revoke=` opens the form of one. */
export default async function HaltSourcesPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'halt_source.read')
  if (!permission.ok) return <NotPermitted title="Sources of halts" reason={permission.reason} />
  const [sources, flash, query] = await Promise.all([listSources(db()), said(searchParams), searchParams])
  const manages = can(actor, 'halt_source.manage').ok
  const revoking = manages ? sources.find(({ id }) => id === query.revoke) : undefined
  return (
    <Main>
      <PageHead
        title={sources.length === 0 ? 'Nothing outside may halt agents.' : headline(sources.length)}
        lead="A SIEM or another system may engage a halt with a signed message, of what you give it and nothing else. It lifts none."
      />
      <SettingsTabs current={paths.haltSources()} />
      <NoticeOf flash={flash} />
      {revoking && (
        <ActForm
          id="revoke"
          title={`Revoke ${revoking.name}?`}
          action={`${MAKE}/${revoking.id}/revocation`}
          said={saidTo(flash, `${MAKE}/${revoking.id}/revocation`)}
          submit={`Revoke ${revoking.name}`}
          variant="neg"
          cancel={paths.haltSources()}
          consequence="What it signs is refused from then on. Halts it engaged stand until people lift them. This cannot be taken back."
        />
      )}
      {sources.length === 0 && (
        <Empty kind="never" title="No sources yet">
          Messages are signed as <Link href="https://www.standardwebhooks.com">Standard Webhooks</Link> says; the body
          is that of a halt: <code className="any">{'{"scope": "agent", "agent": "…", "reason": "…"}'}</code>
        </Empty>
      )}
      {sources.map((source) => (
        <SourceCard key={source.id} source={source} url={sessionConfig().publicUrl} manages={manages} />
      ))}
      {manages && (
        <Section id="make" title="Let a source engage halts">
          <MakeForm flash={flash} />
        </Section>
      )}
    </Main>
  )
}

function MakeForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, MAKE)
  return (
    <form method="post" action={MAKE} className="narrow-form">
      <FormErrors errors={form.errors} />
      <Field
        label="Which system is it?"
        name="name"
        required
        maxLength={80}
        hint="Its halts, and their entries in the ledger, say so."
        defaultValue={form.value('name')}
        error={form.error('name')}
      />
      <TextArea
        label="What may it halt?"
        name="may"
        required
        mono
        rows={4}
        hint="One a line: agent, run, tool, server, team, environment or organisation; with a name, like environment:staging, only that one."
        defaultValue={form.value('may') ?? 'agent'}
        error={form.error('may')}
      />
      <Button type="submit" variant="pri">
        Make the source
      </Button>
    </form>
  )
}

function headline(count: number): string {
  return count === 1 ? 'One source outside may halt agents.' : `${count} sources outside may halt agents.`
}
