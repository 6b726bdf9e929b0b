'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowUp } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { getJson } from '../shell/api'
import { useLive } from '../shell/live'
import { Button } from '../ui/button'
import { useGo } from './explorer-nav'

type Count = { count: number; more: boolean }

/**
 * How many entries have come since this page was read. Rows never move under a reader: they ask for the new ones.
 * @param after the newest entry shown, `ent_…`
 */
export function NewEntries({ address, after }: { address: Address; after: string }) {
  const queries = useQueryClient()
  const router = useRouter()
  const go = useGo()
  const url = countUrl(address, after)
  const key = ['audit', 'new', url]
  useLive('ledger', () => queries.invalidateQueries({ queryKey: key }), 1_000)
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => getJson<Count>(url, { signal }),
    initialData: { count: 0, more: false },
    initialDataUpdatedAt: () => Date.now(),
  })
  const show = () => {
    go(auditPath({ ...topOf(address), entry: address.entry }))
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

function countUrl({ q, span }: Address, after: string): string {
  const search = new URLSearchParams(auditPath({ q, span }).split('?')[1])
  search.set('after', after)
  return `/api/console/audit/new?${search.toString()}`
}
