import { OctagonMinus } from 'lucide-react'
import type { Metadata } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { EngageWhich } from '@/components/halt/engage-which'
import { CHOICES } from '@/components/halt/engage-words'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Outside } from '@/components/shell/outside'
import { Button } from '@/components/ui/button'
import { FormErrors } from '@/components/ui/form-errors'
import { ENVIRONMENTS } from '@/lib/agents/agent'
import { paths } from '@/lib/core/paths'
import { urgentDb } from '@/lib/db/urgent'
import { haltable, readHaltOutside } from '@/lib/halt/read'
import { actorOfCookies } from '@/lib/people/actor-read'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Halt now' }
const ENGAGE = '/api/console/halts'

/**
 * One form that stops agents, for when the console's other pages do not load: no script, nothing of the shell, and no ordinary connection
 * to the database where none can be had (ADR 0041).
 */
export default async function HaltNowPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const now = new Date()
  const db = await urgentDb()
  const actor = await actorOfCookies(db, (await headers()).get('cookie'))
  if (actor === undefined) redirect(paths.login(paths.haltNow()))
  const [names, halted, flash] = await Promise.all([haltable(db), readHaltOutside(db), said(searchParams)])
  const form = saidTo(flash, ENGAGE)
  const may = can(actor, 'halt.engage')
  const all = { ...names, environment: { count: ENVIRONMENTS.length, names: ENVIRONMENTS } }
  return (
    <Outside now={now.getTime()} halted={halted} foot={<Link href={paths.runbook()}>The runbook</Link>}>
      <h1>Stop agents now</h1>
      <NoticeOf flash={flash} />
      <form method="post" action={ENGAGE}>
        <FormErrors errors={form.errors} />
        <fieldset>
          <legend className="vh">What to stop</legend>
          {CHOICES.map(({ scope, label, hint, which }) => (
            <div key={scope} className="scopes">
              <label className="scope">
                <input
                  type="radio"
                  name="scope"
                  value={scope}
                  required
                  defaultChecked={form.value('scope') === scope}
                />
                <span>
                  <b>{label}</b>
                  <span className="t3">{hint}</span>
                </span>
                <span className="ct">{(which === null ? names.agent : all[scope]).count.toLocaleString('en')}</span>
              </label>
              {which !== null && (
                <EngageWhich
                  scope={scope}
                  empty={which}
                  of={all[scope]}
                  list={{ defaultValue: form.value(scope) ?? '' }}
                  text={{ defaultValue: form.value(scope) ?? '' }}
                />
              )}
            </div>
          ))}
        </fieldset>
        <div className="go">
          <Button
            type="submit"
            variant="halt"
            size="lg"
            icon={OctagonMinus}
            disabledReason={may.ok ? undefined : may.reason}
          >
            Halt it now
          </Button>
        </div>
        <p className="t3">
          It asks nothing back, and holds from the moment you are told so. Lifting it takes two people.
        </p>
      </form>
    </Outside>
  )
}
