import type { Metadata } from 'next'
import Link from 'next/link'
import { Main, PageHead, Section } from '@/components/shell/page'
import { paths } from '@/lib/core/paths'
import { sessionConfig } from '@/lib/people/session-config'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Runbook' }

/** What to do when agents have to stop, on one page that prints: the same as docs/guides/halt.md. */
export default async function RunbookPage() {
  await signedIn()
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.halt()}>Halt</Link>}
        title="Runbook"
        lead="Anyone on call, any analyst and any ciso may stop agents. Nobody needs permission first, a reason or a ticket."
      />
      <Section id="stop" title="1. Stop">
        <ol className="steps">
          <li>
            Open <Link href={paths.halt()}>Halt</Link>, choose what, read what it stops, press the red button. It works
            without JavaScript and on a phone.
          </li>
          <li>
            If you know that it is everything: <Link href={paths.haltAsked('organisation')}>the organisation</Link>. One
            button. Chosen on the page, it asks once more first, as does whatever stops half of all agents.
          </li>
          <li>
            If pages do not load: <Link href={paths.haltNow()}>one form that needs nothing else</Link> (
            <code className="any">{paths.haltNow()}</code>). It works without the rest of the console, and while the
            database gives nobody else a connection.
          </li>
          <li>
            From a command line, with a <Link href={paths.tokens()}>token for halts</Link> in{' '}
            <code className="any">COUNTERSIGN_TOKEN</code>:{' '}
            <code className="any">npx countersign halt organisation --server {sessionConfig().publicUrl}</code>, or{' '}
            <code className="any">halt agent NAME</code>. Exit 0: it is halted; 1: refused; 3: no server answered.
          </li>
          <li>
            If no server answers, whoever has the database owner’s login runs{' '}
            <code className="any">
              psql &quot;$DATABASE_OWNER_URL&quot; -c &quot;SELECT halt_everything(&apos;why&apos;)&quot;
            </code>
            . When it returns, nothing is allowed. The first server that comes back records it. If it says lock timeout,
            run it again.
          </li>
        </ol>
      </Section>
      <Section id="look" title="2. Look">
        <p>
          The halt’s page lists its agents, those that have not said they stopped first. One that stays unconfirmed for
          15 seconds is not proven to have stopped: end its process where it runs, and take its credentials on its page.
        </p>
        <p>What already left an agent may still arrive. Executors that introspect refuse it.</p>
      </Section>
      <Section id="lift" title="3. Lift">
        <p>
          Two people, a reason, its name typed, one of them not who engaged it. What is wide goes by stages: one agent,
          then a team, then all; read what a stage shows before you propose the next. One person takes back what was let
          go.
        </p>
        <p>
          Approvals that were frozen wait again, and what was approved before takes a fresh look: nothing resumes by
          itself. A halt from the database can be lifted a quarter of an hour after it was engaged.
        </p>
      </Section>
    </Main>
  )
}
