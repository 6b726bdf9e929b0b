import { describe, expect, test } from 'vitest'
import { agentQuery } from '@/lib/agents/contract'
import { containedBy, isFinding, selectRows, type RegistryRow } from './registry-rows'

const now = Date.parse('2026-11-20T12:00:00Z')
const today = '2026-11-20'
const DAY = 86_400_000
const row = (over: Partial<RegistryRow>): RegistryRow => ({
  id: over.slug ?? 'a',
  slug: 'a',
  purpose: 'Triages alerts',
  state: 'active',
  environment: 'production',
  team: 'Security operations',
  teamId: 't',
  owner: { id: '019a0000-0000-7000-8000-000000000001', name: 'Priya Lindholm', active: true },
  reviewDate: '2027-02-01',
  boundary: { version: 1, lapsesAt: now + DAY },
  draft: null,
  last: { id: 'x', outcome: 'allow', reason: null, at: now - DAY },
  waiting: 0,
  ...over,
})
const gone = { id: '019a0000-0000-7000-8000-000000000002', name: 'Bram Castellane', active: false }
const rows = [
  row({ slug: 'beta', waiting: 2, environment: 'staging' }),
  row({ slug: 'alpha', owner: gone, boundary: null, last: null }),
  row({ slug: 'gamma', state: 'retired', owner: gone }),
  row({
    slug: 'delta',
    reviewDate: '2026-11-19',
    last: { id: 'y', outcome: 'hold', reason: null, at: now - 31 * DAY },
  }),
]
const slugs = (query: Record<string, string>) =>
  selectRows(rows, agentQuery.parse(query), today, now).map(({ slug }) => slug)

describe('the rows a query asks for', () => {
  test.each([
    [{}, ['alpha', 'beta', 'delta']],
    [{ desc: 'true' }, ['delta', 'beta', 'alpha']],
    [{ state: 'retired' }, ['gamma']],
    [{ environment: 'staging' }, ['beta']],
    [{ owner: gone.id }, ['alpha']],
    [{ q: 'priya DEL' }, ['delta']],
    [{ q: 'nothing says this' }, []],
    [{ sort: 'waiting', desc: 'true' }, ['beta', 'alpha', 'delta']],
    [{ sort: 'last' }, ['alpha', 'delta', 'beta']],
    [{ sort: 'boundary' }, ['alpha', 'beta', 'delta']],
    [{ sort: 'review' }, ['delta', 'alpha', 'beta']],
    [{ finding: 'orphaned' }, ['alpha']],
    [{ finding: 'overdue' }, ['delta']],
    [{ finding: 'unsigned' }, ['alpha']],
    [{ finding: 'quiet' }, ['alpha', 'delta']],
    // a filter nobody knows is no filter: the list never hides what it did not understand
    [{ state: 'weird', sort: 'weird', desc: 'weird' }, ['alpha', 'beta', 'delta']],
  ])('%j', (query, expected) => {
    expect(slugs(query)).toEqual(expected)
  })
})

describe('what is said of a row', () => {
  test('an active agent is contained by its owner, its review and its boundary', () => {
    const all = row({ owner: gone, reviewDate: '2026-01-01', boundary: { version: 1, lapsesAt: now } })
    expect(containedBy(all, today, now)).toEqual(['owner_missing', 'review_overdue', 'boundary_expired'])
    expect(containedBy(row({}), today, now)).toEqual([])
  })
  test('one that is not active is not contained as well', () => {
    expect(containedBy(row({ state: 'suspended', owner: gone }), today, now)).toEqual([])
  })
  test('nothing is found about a retired agent', () => {
    expect(isFinding(row({ state: 'retired', owner: gone }), 'orphaned', today, now)).toBe(false)
  })
})
