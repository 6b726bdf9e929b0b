import { Check, X } from 'lucide-react'
import { Section } from '@/components/shell/page'
import { Button, ButtonLink } from '@/components/ui/button'
import { Fact, Facts } from '@/components/ui/facts'
import { FormErrors } from '@/components/ui/form-errors'
import { HostileText } from '@/components/ui/hostile-text'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { COMMAND_LINE_HOURS, userCodeShown } from '@/lib/people/device-login'
import type { DeviceLoginView } from '@/lib/people/read-device-login'
import type { Said } from './said'

/** What asks, what it could do, and the two answers. Neither stands out: nobody is led to one (style D.1). */
export function DeviceAsks({ login, here, said }: { login: DeviceLoginView; here: string; said: Said }) {
  return (
    <>
      <Section id="compare" title="Compare the code" aside="it has to be the one in your own terminal">
        <p className="user-code mono">{userCodeShown(login.userCode)}</p>
        <p>
          If your terminal shows another one, or you did not begin this just now, or somebody sent you the code: refuse.
          Whoever began it would act as you.
        </p>
      </Section>
      <Section id="asks" title="What asks">
        <Facts>
          <Fact term="machine">
            <HostileText text={login.machine} max={200} /> <span className="t3">by its own word</span>
          </Fact>
          <Fact term="program">
            {login.userAgent === '' ? 'unknown' : <HostileText text={login.userAgent} max={300} />}
          </Fact>
          <Fact term="address">
            <span className="mono">{login.address}</span>{' '}
            {login.address === here ? (
              <span className="t3">the same as this browser’s</span>
            ) : (
              <b>not this browser’s, which is {here === '' ? 'unknown' : <span className="mono">{here}</span>}</b>
            )}
          </Fact>
          <Fact term="asked">
            <Time at={login.askedAt} />
          </Fact>
          <Fact term="ends">
            <Time at={login.expiresAt} show="relative" /> <span className="t3">if nobody answers</span>
          </Fact>
        </Facts>
      </Section>
      <Section id="may" title="What it will be able to do" aside={`as you, for ${String(COMMAND_LINE_HOURS)} hours`}>
        <ul className="device-may">
          <li>Read what you may read.</li>
          <li>Register agents, make their credentials, draft boundaries, where you may.</li>
          <li>Engage halts, suspend, retire and revoke, where you may: stopping is always possible.</li>
          <li>
            Never: answer approvals, sign, lift a halt, resume an agent, or change people, settings or security. That
            takes you, in a browser.
          </li>
        </ul>
      </Section>
      <form method="post" action={`/api/console/device-logins/${login.id}/answer`}>
        <FormErrors errors={said.errors} />
        <div className="device-answer">
          <Button type="submit" name="answer" value="refused" icon={X}>
            Refuse it
          </Button>
          <Button type="submit" name="answer" value="allowed" icon={Check}>
            Let it in as me
          </Button>
        </div>
      </form>
    </>
  )
}

/** What came of it, and what to do next. */
export function DeviceOutcome({ login }: { login: DeviceLoginView }) {
  switch (login.state) {
    case 'allowed':
    case 'claimed':
      return (
        <>
          <p>
            Go back to your terminal: <HostileText text={login.machine} max={200} /> goes on by itself within seconds.
            It is logged in for {COMMAND_LINE_HOURS} hours, or until you end it.
          </p>
          <ButtonLink href={paths.sessions()}>See where you are logged in</ButtonLink>
        </>
      )
    case 'refused':
      return (
        <p>
          It was given nothing. If it was not yours, tell whoever looks after your security: somebody wanted to be you.
        </p>
      )
    default:
      return (
        <p>
          Codes are good for ten minutes. Begin again in your terminal: <code>npx countersign login</code>
        </p>
      )
  }
}
