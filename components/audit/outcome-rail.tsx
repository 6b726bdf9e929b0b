import Link from 'next/link'
import { auditPath, type AuditQuery } from '@/lib/audit/query'
import { OUTCOMES } from '@/lib/ledger/entry'
import { StateWord } from '../ui/state-word'
import { OUTCOME_STATES } from './entry-words'

/** The filters one click away, beside the list where there is room. The bar above it does the same everywhere. */
export function OutcomeRail({ query, agents }: { query: AuditQuery; agents: readonly string[] }) {
  const { agent, outcome } = query
  return (
    <nav className="fac" aria-label="Filters">
      <section>
        <h2>Outcome</h2>
        <ul>
          <li>
            <Link href={auditPath({ agent })} aria-current={outcome === undefined ? 'true' : undefined}>
              Everything
            </Link>
          </li>
          {OUTCOMES.map((one) => (
            <li key={one}>
              <Link href={auditPath({ agent, outcome: one })} aria-current={outcome === one ? 'true' : undefined}>
                <StateWord state={OUTCOME_STATES[one]} />
              </Link>
            </li>
          ))}
        </ul>
      </section>
      {agents.length > 0 && (
        <section>
          <h2>Agent</h2>
          <ul>
            {agents.slice(0, 12).map((slug) => (
              <li key={slug}>
                <Link
                  href={auditPath({ agent: agent === slug ? undefined : slug, outcome })}
                  aria-current={agent === slug ? 'true' : undefined}
                >
                  {slug}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </nav>
  )
}
