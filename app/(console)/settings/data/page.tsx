import type { Metadata } from 'next'
import Link from 'next/link'
import { ErasureForm, MarkForm, RetentionForm } from '@/components/data/data-forms'
import { ClassTable, ErasureTable, MarkTable, MonthTable } from '@/components/data/data-tables'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Fact, Facts } from '@/components/ui/facts'
import { readData } from '@/lib/audit/read-data'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Data' }

/** What is stored, where, how long and under which keys; what was erased; what asks for a purpose. */
export default async function DataPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'settings.read')
  if (!permission.ok) return <NotPermitted title="Data" reason={permission.reason} />
  const [data, flash] = await Promise.all([readData(db()), said(searchParams)])
  const [erases, governs] = [can(actor, 'payload.erase'), can(actor, 'payload.govern')]
  return (
    <Main>
      <PageHead
        title="What is stored, and how long."
        lead="Entries stay, and name nobody. What was said is kept apart from them, sealed, and can be erased."
      />
      <SettingsTabs current={paths.data()} />
      <NoticeOf flash={flash} />
      <Section id="where" title="Where">
        <Facts>
          <Fact term="Payloads">
            In this install’s database, sealed with AES-256-GCM under the key of whom they are about. A readable part
            for lists lies beside them.
          </Fact>
          <Fact term="Keys">
            {data.keys.living.toLocaleString('en')} in use, {data.keys.destroyed.toLocaleString('en')} destroyed; each
            wrapped under the payload key, which is kept outside the database.
          </Fact>
          <Fact term="Elsewhere">
            Where each agent’s own data goes is said on <Link href={paths.agents()}>its page</Link>.
          </Fact>
        </Facts>
        <MonthTable rows={data.months} />
      </Section>
      <Section id="retention" title="How long" aside="let go at night, each time with an entry">
        <ClassTable rows={data.classes} />
        {governs.ok && <RetentionForm flash={flash} />}
      </Section>
      <Section id="sensitive" title="What asks for a purpose" aside="every reading is an entry">
        <MarkTable rows={data.marks} edits={governs.ok} />
        {governs.ok && <MarkForm flash={flash} />}
      </Section>
      <Section id="erased" title="What was erased">
        <ErasureTable rows={data.erasures} />
        {erases.ok && <ErasureForm flash={flash} />}
      </Section>
    </Main>
  )
}
