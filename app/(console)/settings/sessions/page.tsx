import { LogOut } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { PostButton } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { Button } from '@/components/ui/button'
import { HostileText } from '@/components/ui/hostile-text'
import { Tag } from '@/components/ui/tag'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { sessionsOf, type SessionRow } from '@/lib/people/read-own'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Your sessions' }

/** Where one is signed in, and how to end it. */
export default async function SessionsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [sessions, flash] = await Promise.all([sessionsOf(db(), actor.id, new Date()), said(searchParams)])
  const others = sessions.length - 1
  return (
    <Main>
      <PageHead
        title={
          others === 0 ? 'You are signed in here and nowhere else.' : `You are signed in in ${sessions.length} places.`
        }
        lead="A browser is signed out after 12 hours, a command line after 8, and each at once when you end it."
        acts={
          <form method="post" action="/api/console/sessions/current/revocation">
            <Button type="submit" icon={LogOut}>
              Sign out
            </Button>
          </form>
        }
      />
      <SettingsTabs current={paths.sessions()} />
      <NoticeOf flash={flash} />
      <Table label="Your sessions" density={40}>
        <thead>
          <tr>
            <Th>Browser or machine</Th>
            <Th>Address</Th>
            <Th>Signed in</Th>
            <Th>Last used</Th>
            <Th>Ends</Th>
            <Th>
              <span className="vh">Act</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <Row key={session.id} session={session} here={session.id === actor.via.id} />
          ))}
        </tbody>
      </Table>
      {others > 0 && (
        <div className="mt-4">
          <PostButton action="/api/console/sessions/others/revocation">End all the others</PostButton>
        </div>
      )}
      <p className="mt-4 t3">
        <code>npx countersign login</code> logs a command line in; its code is typed under{' '}
        <Link href={paths.device()}>{paths.device()}</Link>.
      </p>
    </Main>
  )
}

function Row({ session, here }: { session: SessionRow; here: boolean }) {
  return (
    <tr>
      <Td wrap>
        {session.machine !== null && (
          <>
            <Tag>command line</Tag> <HostileText text={session.machine} max={200} /> ·{' '}
          </>
        )}
        {session.userAgent === '' ? 'unknown' : <HostileText text={session.userAgent} max={300} />}
      </Td>
      <Td mono quiet>
        {session.address}
      </Td>
      <Td quiet>
        <Time at={session.createdAt} />
      </Td>
      <Td quiet>
        <Time at={session.lastSeenAt} show="relative" />
      </Td>
      <Td quiet>
        <Time at={session.expiresAt} />
      </Td>
      <Td>
        {here ? (
          <Tag tone="inkc">this one</Tag>
        ) : (
          <PostButton action={`/api/console/sessions/${session.id}/revocation`}>End it</PostButton>
        )}
      </Td>
    </tr>
  )
}
