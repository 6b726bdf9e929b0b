import type { Metadata } from 'next'
import Link from 'next/link'
import { BrowserKept } from '@/components/audit/browser-kept'
import { IntegrityKeys } from '@/components/audit/integrity-keys'
import { IntegrityLeaving } from '@/components/audit/integrity-leaving'
import { IntegrityStanding } from '@/components/audit/integrity-standing'
import { IntegrityWalk } from '@/components/audit/integrity-walk'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import type { Integrity } from '@/lib/audit/integrity'
import { readIntegrity } from '@/lib/audit/read-integrity'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Integrity' }

/** Is the log whole: what was signed last, what a walk over every entry finds, and the keys to write down. */
export default async function IntegrityPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const mayWalk = can(actor, 'audit.read')
  const walk = mayWalk.ok && (await searchParams).verify === '1'
  const integrity = await readIntegrity(db(), { walk })
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.audit()}>Audit</Link>}
        title={headline(integrity)}
        lead="A tamper-evident log: whatever was changed, dropped, added or reordered shows, here or on any machine that kept a checkpoint."
      />
      <Columns
        label="What this does not say"
        aside={
          <Block title="What this cannot show">
            <p className="t2">
              This server checks itself. Somebody who holds its database and its keys could write another log. What
              exposes that is a checkpoint kept on another machine: a watcher there does it, or copy the last one now
              and then, with the key beside it.
            </p>
          </Block>
        }
      >
        <Section id="walk" title="Every entry, checked again">
          <IntegrityWalk walk={integrity.walk} last={integrity.last} may={mayWalk} />
        </Section>
        <Section id="last" title="The last checkpoint">
          <IntegrityStanding integrity={integrity} />
        </Section>
        <Section id="leaving" title="Where checkpoints go" aside="as far as this server knows">
          <IntegrityLeaving integrity={integrity} />
        </Section>
        <Section id="browser" title="What this browser keeps" aside="checked by the browser itself">
          <BrowserKept />
        </Section>
        <Section id="keys" title="Keys to write down" aside="on paper, or on a machine of your own">
          <IntegrityKeys integrity={integrity} />
        </Section>
      </Columns>
    </Main>
  )
}

function headline({ walk, last, size, quarantined }: Integrity): string {
  if (walk?.state === 'broken' || (walk === null && last?.finding)) return 'The ledger is broken.'
  if (walk?.state === 'whole')
    return `The ledger is whole: ${walk.size.toLocaleString('en')} entries, each checked just now.`
  if (quarantined > 0) return 'Something waits outside the log that should be in it.'
  if (size === 0) return 'Nothing is signed yet.'
  return `${size.toLocaleString('en')} entries are under the last signed checkpoint.`
}
