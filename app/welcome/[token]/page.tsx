import type { Metadata } from 'next'
import { DeadLink } from '@/components/people/dead-link'
import { FirstRunForm } from '@/components/people/first-run-form'
import { FirstStepsList } from '@/components/people/first-steps'
import { LedgerKey } from '@/components/people/ledger-key'
import { Outside } from '@/components/shell/outside'
import { Time } from '@/components/ui/time'
import { db } from '@/lib/db/client'
import { readHaltOutside } from '@/lib/halt/read'
import { ledgerStatus } from '@/lib/ledger/read'
import { readFirstSteps } from '@/lib/people/read'
import { readLink } from '@/lib/people/read-link'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'First run', referrer: 'same-origin' }

type Props = { params: Promise<{ token: string }>; searchParams: Promise<Record<string, unknown>> }

/** The first run: the organisation, its first administrator, and what comes next (DESIGN §3). */
export default async function WelcomePage({ params, searchParams }: Props) {
  const { token } = await params
  const now = new Date()
  const halted = await readHaltOutside(db())
  const link = await readLink(db(), token, 'first', now)
  if (link === undefined)
    return (
      <Outside now={now.getTime()} halted={halted}>
        <DeadLink>As long as nobody has an account, starting the server prints another one.</DeadLink>
      </Outside>
    )
  const [steps, ledger, flash] = await Promise.all([readFirstSteps(db()), ledgerStatus(db()), said(searchParams)])
  return (
    <Outside
      wide
      now={now.getTime()}
      halted={halted}
      foot={
        <>
          This link works once and ends at <Time at={link.expiresAt} show="full" />.
        </>
      }
    >
      <h1>Four people make this installation work.</h1>
      <p className="s14 lead">
        You are the first, the administrator. You add people and settings. You sign nothing and approve nothing: that is
        somebody else’s, on purpose.
      </p>
      <div className="first">
        <FirstRunForm token={token} flash={flash} />
        <section aria-labelledby="next">
          <h2 id="next">Then, in this order</h2>
          <FirstStepsList steps={steps} linked={false} />
          {ledger.origin && ledger.vkey && <LedgerKey origin={ledger.origin} vkey={ledger.vkey} />}
        </section>
      </div>
    </Outside>
  )
}
