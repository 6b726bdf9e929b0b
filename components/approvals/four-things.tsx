import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { effectsOf } from '@/lib/decisions/effects'
import { byRule, type RequestDetail } from '@/lib/decisions/request'
import { Time } from '../ui/time'
import { RuleSaid } from './rule-said'

/** What follows from each answer, and why a person is asked at all. */
export function FourThings({ request }: { request: RequestDetail }) {
  const waits = request.status === 'pending'
  return (
    <dl className="q4">
      <div>
        <dt>{waits ? 'If you approve' : 'What it does'}</dt>
        <dd>
          {effectsOf(request.toolClass).join(' ')}
          {waits && ` ${request.agent} may do exactly this, once, after the gate has looked at it again.`}
        </dd>
      </div>
      {waits && (
        <div>
          <dt>If nobody answers</dt>
          <dd>
            At <Time at={request.expiresAt} show="moment" /> it expires: it is refused, the agent is told, and nothing
            is done.
          </dd>
        </div>
      )}
      <div>
        <dt>Held because</dt>
        <dd>
          <Because request={request} />
        </dd>
      </div>
    </dl>
  )
}

function Because({ request }: { request: RequestDetail }) {
  const { boundary, heldBy } = request
  return (
    <>
      {byRule(request.reasons).map((reason) => (
        <span key={reason.rule ?? reason.code}>
          {reason.text}
          {reason.rule && (
            <>
              : <span className="mono">{reason.rule}</span>
            </>
          )}
          .{' '}
          {heldBy
            .filter(({ rule }) => rule === reason.rule)
            .map((each) => (
              <RuleSaid key={each.rule} of={each} />
            ))}
        </span>
      ))}
      {boundary && (
        <span>
          By the boundary,{' '}
          <Link href={paths.boundary(request.agent, boundary.version)}>version {boundary.version}</Link>
          {boundary.signer && (
            <>
              , signed by {boundary.signer}
              {boundary.signedAt && (
                <>
                  {' '}
                  on <Time at={boundary.signedAt} show="day" />
                </>
              )}
            </>
          )}
          .
        </span>
      )}
    </>
  )
}
