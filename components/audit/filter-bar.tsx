import { ListFilter, X } from 'lucide-react'
import Link from 'next/link'
import { auditPath, type AuditQuery } from '@/lib/audit/query'
import { paths } from '@/lib/core/paths'
import { OUTCOMES } from '@/lib/ledger/entry'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { STATES } from '../ui/state-words'
import { OUTCOME_STATES } from './entry-words'

/** What is filtered, as chips that can be taken away, and a plain form to filter by something else: the address is the view. */
export function FilterBar({ query, agents }: { query: AuditQuery; agents: readonly string[] }) {
  return (
    <form className="qb" role="search" aria-label="Ledger" method="get" action={paths.audit()}>
      <div className="qi">
        <Icon of={ListFilter} size="md" />
        {query.agent !== undefined && (
          <Chip name="agent" value={query.agent} without={auditPath({ outcome: query.outcome })} />
        )}
        {query.outcome !== undefined && (
          <Chip
            name="outcome"
            value={STATES[OUTCOME_STATES[query.outcome]].word}
            without={auditPath({ agent: query.agent })}
          />
        )}
        <label className="vh" htmlFor="f-agent">
          Agent
        </label>
        <select className="in" id="f-agent" name="agent" defaultValue={query.agent ?? ''} key={`a${query.agent ?? ''}`}>
          <option value="">any agent</option>
          {agents.map((slug) => (
            <option key={slug} value={slug}>
              {slug}
            </option>
          ))}
        </select>
        <label className="vh" htmlFor="f-outcome">
          Outcome
        </label>
        <select
          className="in"
          id="f-outcome"
          name="outcome"
          defaultValue={query.outcome ?? ''}
          key={`o${query.outcome ?? ''}`}
        >
          <option value="">any outcome</option>
          {OUTCOMES.map((outcome) => (
            <option key={outcome} value={outcome}>
              {STATES[OUTCOME_STATES[outcome]].word}
            </option>
          ))}
        </select>
      </div>
      <Button type="submit">Show these entries</Button>
    </form>
  )
}

function Chip({ name, value, without }: { name: string; value: string; without: string }) {
  return (
    <span className="chip">
      <b>{name}</b> is {value}
      <Link href={without} aria-label={`Remove the filter by ${name}`}>
        <Icon of={X} size="xs" />
      </Link>
    </span>
  )
}
