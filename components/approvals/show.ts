import type { InboxShow } from '@/lib/decisions/request'

const MOST = 200

/** How the inbox is looked at, as its address says it; what it does not say, or says wrongly, is the usual way. */
export function readShow(address: { get: (name: string) => string | null }): InboxShow {
  const most = Number(address.get('most') ?? MOST)
  return {
    mine: address.get('show') === 'mine',
    order: address.get('order') === 'risk' ? 'risk' : 'deadline',
    most: Number.isInteger(most) && most >= 1 && most <= 2_000 ? most : MOST,
  }
}

/** The same as a query of an address, with its question mark; empty for the usual way. */
export function showQuery({ mine, order, most }: InboxShow): string {
  const said = new URLSearchParams()
  if (mine) said.set('show', 'mine')
  if (order === 'risk') said.set('order', 'risk')
  if (most !== MOST) said.set('most', String(most))
  return said.size === 0 ? '' : `?${said.toString()}`
}

/** Search parameters as a page of Next is given them; of one said twice, the first. */
export function searchOf(given: Record<string, string | string[] | undefined>): {
  get: (name: string) => string | null
} {
  return { get: (name) => [given[name]].flat()[0] ?? null }
}
