'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowUp } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { auditPath, type AuditQuery } from '@/lib/audit/query'
import { getJson } from '../shell/api'
import { useLive } from '../shell/live'
import { Button } from '../ui/button'

type Count = { count: number; more: boolean }

/**
 * How many entries have come since this page was read. Rows never move under a reader: they ask for the new ones.
 * @param after the newest entry shown, `ent_…`; null where nothing matched yet
 */
export function NewEntries({ query, after }: { query: AuditQuery; after: string }) {
  const queries = useQueryClient()
  const router = useRouter()
  const key = ['audit', 'new', query.agent ?? '', query.outcome ?? '', after]
  useLive('ledger', () => void queries.invalidateQueries({ queryKey: key }))
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => getJson<Count>(countUrl(query, after), { signal }),
    initialData: { count: 0, more: false },
    initialDataUpdatedAt: () => Date.now(),
  })
  const show = () => {
    router.push(auditPath({ agent: query.agent, outcome: query.outcome }))
    router.refresh()
    window.scrollTo({ top: 0 })
  }
  return (
    <span className="fresh">
      <span className="vh" role="status">
        {data.count === 0 ? '' : `${words(data)} to show`}
      </span>
      {data.count > 0 && (
        <Button size="sm" icon={ArrowUp} onClick={show}>
          {words(data)}
        </Button>
      )}
    </span>
  )
}

function words({ count, more }: Count): string {
  return `${count.toLocaleString('en')}${more ? ' and more' : ''} new`
}

function countUrl({ agent, outcome }: AuditQuery, after: string): string {
  const search = new URLSearchParams({ after })
  if (agent !== undefined) search.set('agent', agent)
  if (outcome !== undefined) search.set('outcome', outcome)
  return `/api/console/audit/new?${search.toString()}`
}
