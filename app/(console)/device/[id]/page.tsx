import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { notFound } from 'next/navigation'
import { DeviceAsks, DeviceOutcome } from '@/components/people/device-login'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Main, PageHead } from '@/components/shell/page'
import { db } from '@/lib/db/client'
import { ADDRESS_HEADER } from '@/lib/http/caller'
import { idParams } from '@/lib/people/contract'
import { readDeviceLogin } from '@/lib/people/read-device-login'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Let a command line in' }

/** One command line that asks to be let in, for whoever typed its code: what, from where, since when, and what it could do (RFC 8628 §5.4). */
export default async function DeviceLoginPage({
  params,
  searchParams,
}: {
  params: Promise<unknown>
  searchParams: Promise<Record<string, unknown>>
}) {
  const actor = await signedIn()
  const given = idParams.safeParse(await params)
  const login = given.success ? await readDeviceLogin(db(), actor, given.data.id, new Date()) : null
  if (login === null) notFound()
  const [flash, here] = [await said(searchParams), (await headers()).get(ADDRESS_HEADER) ?? '']
  return (
    <Main>
      <PageHead
        title={login.state === 'waiting' ? 'A command line asks to be let in as you.' : TITLES[login.state]}
        lead={login.state === 'waiting' ? `It would be ${actor.name} (${actor.email}).` : undefined}
      />
      <NoticeOf flash={flash} />
      {login.state === 'waiting' ? (
        <DeviceAsks login={login} here={here} said={saidTo(flash, `/api/console/device-logins/${login.id}/answer`)} />
      ) : (
        <DeviceOutcome login={login} />
      )}
    </Main>
  )
}

const TITLES = {
  allowed: 'You let the command line in.',
  claimed: 'The command line is logged in.',
  refused: 'You refused this command line.',
  expired: 'This code is over.',
} as const
