import { X } from 'lucide-react'
import Link from 'next/link'
import { AGENT_STATES, ENVIRONMENTS } from '@/lib/agents/agent'
import type { AgentQuery } from '@/lib/agents/contract'
import type { Choice } from '@/lib/agents/read'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Segment } from '../ui/tabs'
import { registryUrl } from './registry-url'

export const FINDING_WORDS = {
  orphaned: 'No owner',
  overdue: 'Review overdue',
  unsigned: 'Nothing signed',
  quiet: 'Quiet for 30 days',
} as const

/** A plain GET form: what is filtered is the address. Findings are links, because they are questions of their own. */
export function RegistryFilter({
  query,
  owners,
  counts,
  total,
}: {
  query: AgentQuery
  owners: readonly Choice[]
  counts: Record<keyof typeof FINDING_WORDS, number>
  total: number
}) {
  const findings = Object.keys(FINDING_WORDS) as (keyof typeof FINDING_WORDS)[]
  return (
    <>
      <div className="reg-bar">
        <Segment
          label="Findings"
          choices={[
            {
              label: 'All',
              count: total,
              href: registryUrl(query, { finding: undefined }),
              current: query.finding === undefined,
            },
            ...findings
              .filter((finding) => counts[finding] > 0 || query.finding === finding)
              .map((finding) => ({
                label: FINDING_WORDS[finding],
                count: counts[finding],
                href: registryUrl(query, { finding }),
                current: query.finding === finding,
              })),
          ]}
        />
        <form className="reg-form" role="search" aria-label="Filter agents">
          <input
            className="in"
            type="search"
            name="q"
            defaultValue={query.q}
            placeholder="Name, purpose, team, owner"
            aria-label="Words in name, purpose, team or owner"
          />
          <Choose
            name="state"
            label="State"
            value={query.state}
            all="Any state"
            choices={AGENT_STATES.map((state) => [state, state])}
          />
          <Choose
            name="environment"
            label="Environment"
            value={query.environment}
            all="Any environment"
            choices={ENVIRONMENTS.map((environment) => [environment, environment])}
          />
          <Choose name="owner" label="Owner" value={query.owner} all="Anybody’s" choices={owners} />
          {query.finding !== undefined && <input type="hidden" name="finding" value={query.finding} />}
          {query.sort !== 'slug' && <input type="hidden" name="sort" value={query.sort} />}
          {query.desc && <input type="hidden" name="desc" value="true" />}
          <Button type="submit">Filter</Button>
        </form>
      </div>
      <Chips query={query} owners={owners} />
    </>
  )
}

function Choose({
  name,
  label,
  value,
  all,
  choices,
}: {
  name: string
  label: string
  value: string | undefined
  all: string
  choices: readonly Choice[]
}) {
  return (
    <select className="in" name={name} aria-label={label} defaultValue={value ?? ''}>
      <option value="">{all}</option>
      {choices.map(([each, words]) => (
        <option key={each} value={each}>
          {words}
        </option>
      ))}
    </select>
  )
}

/** What is filtered, each with a way to drop it. */
function Chips({ query, owners }: { query: AgentQuery; owners: readonly Choice[] }) {
  const chips: { words: string; value: string; over: Partial<AgentQuery> }[] = [
    ...(query.q === '' ? [] : [{ words: 'says', value: query.q, over: { q: '' } }]),
    ...(query.state === undefined ? [] : [{ words: 'state is', value: query.state, over: { state: undefined } }]),
    ...(query.environment === undefined
      ? []
      : [{ words: 'works in', value: query.environment, over: { environment: undefined } }]),
    ...(query.owner === undefined
      ? []
      : [
          {
            words: 'owner is',
            value: owners.find(([id]) => id === query.owner)?.[1] ?? 'somebody gone',
            over: { owner: undefined },
          },
        ]),
  ]
  if (chips.length === 0) return null
  return (
    <p className="reg-chips">
      {chips.map(({ words, value, over }) => (
        <span className="chip" key={words}>
          {words} <b>{value}</b>
          <Link href={registryUrl(query, over)} aria-label={`Drop: ${words} ${value}`}>
            <Icon of={X} size="xs" />
          </Link>
        </span>
      ))}
    </p>
  )
}
