import { describe, expect, it } from 'vitest'
import { bounded } from '@/lib/audit/bounded'
import { markSensitive, unmarkSensitive } from '@/lib/audit/mark-sensitive'
import { facets } from '@/lib/audit/facets'
import { seenValues } from '@/lib/audit/seen'
import { query } from '@/lib/ledger/sql'
import { countNewer, eachEntry, histogram, searchEntries, type View } from '@/lib/audit/search'
import type { Field, Term, Terms, Value } from '@/lib/audit/term'
import { answerAction } from '@/lib/decisions/answer'
import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { Decider } from '@/lib/decisions/decide'
import { governed } from '@/lib/decisions/governed-testing'
import { testDatabase } from '@/lib/db/testing'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'

const { pools } = await testDatabase()
const ledger = await testLedger({ pools })
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })
const auditor = await testPerson(['auditor'])
const agent = await governed(pools.superuser)
const other = await governed(pools.superuser)

const SAID = [
  { tool: 'crm.get_order', arguments: {}, resource: { type: 'host', id: 'web-17.example.com' } },
  { tool: 'crm.delete_all', arguments: { amount: 1500 } },
  { tool: 'edr.isolate_host', arguments: { amount: 20 }, on_behalf_of: { type: 'user', id: 'Dana@example.com' } },
  {
    tool: 'crm.get_order',
    arguments: {},
    reasoning: {
      signals: ['impossible travel', 'new device'],
      intel: ['feed: 100%_bad'],
      skill: 'Triage-7',
      confidence: 0.75,
    },
  },
]
for (const by of [agent, other])
  for (let i = 0; i < 12; i++) {
    const said = SAID[i % SAID.length] as (typeof SAID)[0]
    await decider.decide(by.caller, { ...said, arguments: { ...said.arguments, nth: i } })
  }
await sequenceOnce(pools.sequencer, ledger, null)

const range = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) }
const exact = (text: string): Value => ({ is: 'exact', text })
const glob = (text: string): Value => ({ is: 'glob', text })
const over = (from: number | null, to: number | null): Value => ({
  is: 'range',
  from,
  to,
  fromIncluded: false,
  toIncluded: true,
})
const term = (field: Field, ...values: [Value, ...Value[]]): Term => ({ type: 'field', field, negated: false, values })
const not = (one: Term): Term => ({ ...one, negated: true })
const text = (said: string): Term => ({ type: 'text', negated: false, text: said })
const view = (...terms: Term[]): View => ({ terms, range })
const proposed = [term('kind', exact('action.decided')), term('agent', exact(agent.slug), exact(other.slug))]

async function count(...terms: Term[]): Promise<number> {
  const answer = await searchEntries(auditor, view(...proposed, ...terms))
  if (!answer.ok) throw new Error(JSON.stringify(answer.unknown))
  return answer.found.rows.length
}

describe('every field finds what it says', () => {
  it.each<[string, Terms, number]>([
    ['everything proposed', [], 24],
    ['an agent', [term('agent', exact(agent.slug))], 12],
    ['not an agent', [not(term('agent', exact(agent.slug)))], 12],
    ['an outcome', [term('outcome', exact('allow'))], 12],
    ['either outcome', [term('outcome', exact('allow'), exact('forbid'))], 18],
    ['a reason', [term('reason', exact('never'))], 6],
    ['a rule', [term('rule', exact('never[0]'))], 6],
    ['a section of rules', [term('rule', exact('never'))], 6],
    ['a pattern of rules', [term('rule', glob('never*'))], 6],
    ['a tool', [term('action', exact('crm.get_order'))], 12],
    ['tools by pattern, in no catalogue', [term('action', glob('edr.*'))], 6],
    ['not these tools', [not(term('action', glob('crm.*')))], 6],
    ['a resource by its id', [term('resource', exact('web-17.example.com'))], 6],
    ['a resource by type and id', [term('resource', exact('host/web-17.example.com'))], 6],
    ['resources of a type', [term('resource', glob('host/*'))], 6],
    ['resources by a part', [term('resource', glob('*17.example*'))], 6],
    ['no resource of that type', [term('resource', glob('order/*'))], 0],
    ['a requester, whatever the case', [term('requester', exact('dana@example.com'))], 6],
    ['a signal', [term('signal', exact('impossible travel'))], 6],
    ['a signal by its beginning', [term('signal', glob('imposs*'))], 6],
    ['intel with the signs of a pattern in it', [term('intel', exact('feed: 100%_bad'))], 6],
    ['intel, where _ is no wildcard', [term('intel', glob('feed: 100%xbad*'))], 0],
    ['a skill', [term('skill', exact('triage-7'))], 6],
    ['more than a confidence', [term('confidence', over(0.5, null))], 6],
    ['less than a confidence', [term('confidence', over(null, 0.5))], 0],
    ['more than an amount', [term('amount', over(1000, null))], 6],
    ['an amount between', [term('amount', over(10, 1500))], 12],
    ['words side by side', [text('impossible travel')], 6],
    ['words not side by side', [text('impossible device')], 0],
    ['a part of a name as a word', [text('example')], 12],
    ['not these words', [{ ...text('example'), negated: true }], 12],
    ['terms joined by and', [term('outcome', exact('allow')), term('signal', glob('new *'))], 6],
    ['an environment', [term('env', exact('production'))], 24],
    [
      'a boundary version',
      [term('boundary', { is: 'range', from: 1, to: 1, fromIncluded: true, toIncluded: true })],
      24,
    ],
    ['later versions', [term('boundary', over(1, null))], 0],
  ])('%s', async (_, terms, n) => {
    expect(await count(...terms)).toBe(n)
  })

  it('finds what followed a proposal by the tool the catalogue knew', async () => {
    const third = await governed(pools.superuser)
    const decided = await decider.decide(third.caller, { tool: 'edr.isolate_host', arguments: {} })
    if (!('answer' in decided)) throw new Error('a replay without a key')
    const analyst = await testPerson(['analyst'])
    await transaction((tx) =>
      answerAction(tx, {
        approvalId: parsePublicId('approval', decided.answer.approval?.id ?? ''),
        actor: analyst,
        answer: 'reject',
        reason: 'Not without its owner.',
        digest: Buffer.from(decided.answer.digest.slice('sha256:'.length), 'hex'),
        now: new Date(),
      }),
    )
    const answer = await searchEntries(auditor, view(term('action', glob('edr.*')), term('outcome', exact('rejected'))))
    expect(answer.ok && answer.found.rows.map(({ kind }) => kind)).toEqual(['approval.rejected'])
  })

  it('names what nobody has, and answers nothing', async () => {
    const answer = await searchEntries(auditor, view(term('agent', exact('nobody-at-all'))))
    expect(answer).toEqual({
      ok: false,
      unknown: [{ field: 'agent', value: 'nobody-at-all', says: 'No agent is called that.' }],
    })
  })
})

describe('pages', () => {
  it('go both ways by key without losing or doubling an entry', async () => {
    const all: string[] = []
    let before: string | undefined
    for (;;) {
      const page = await searchEntries(auditor, view(...proposed), {
        limit: 5,
        ...(before !== undefined && { before }),
      })
      if (!page.ok) throw new Error('unknown')
      all.push(...page.found.rows.map(({ id }) => id))
      if (page.found.older === null) break
      before = page.found.older
    }
    expect(all).toHaveLength(24)
    expect(new Set(all).size).toBe(24)
    const back: string[] = []
    let after = all.at(-1)
    for (;;) {
      const page = await searchEntries(auditor, view(...proposed), { limit: 5, ...(after !== undefined && { after }) })
      if (!page.ok) throw new Error('unknown')
      back.unshift(...page.found.rows.map(({ id }) => id))
      if (page.found.newer === null) break
      after = page.found.newer
    }
    expect(back).toEqual(all.slice(0, -1))
  })

  it('an export reads every entry once, oldest first', async () => {
    const ids: string[] = []
    for await (const page of eachEntry(auditor, view(...proposed), 7)) ids.push(...page.map(({ id }) => id))
    expect(ids).toHaveLength(24)
    expect(ids).toEqual([...ids].sort())
  })
})

describe('what a person may see', () => {
  it('an owner without a role finds entries about their own agents alone, in lists, counts and histograms', async () => {
    const owner = { ...auditor, id: agent.personId, roles: [], onCall: false }
    const page = await searchEntries(owner, view(term('kind', exact('action.decided'))))
    if (!page.ok) throw new Error('unknown')
    expect(new Set(page.found.rows.map((row) => row.agent))).toEqual(new Set([agent.slug]))
    const bars = await histogram(owner, view(term('kind', exact('action.decided'))))
    if (!bars.ok) throw new Error('unknown')
    const total = bars.found.buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0)
    expect(total).toBe(12)
    expect(await searchEntries(owner, view(term('agent', exact(other.slug))))).toMatchObject({ ok: false })
    const oldest = page.found.rows.at(-1)?.id ?? ''
    expect(await countNewer(owner, view(term('kind', exact('action.decided'))), oldest)).toEqual({
      ok: true,
      found: { count: 11, more: false },
    })
  })
})

describe('what the bar offers and the rail counts', () => {
  it('offers values that begin as asked, of a closed list, of the registry and of what agents said', async () => {
    expect(await seenValues(auditor, 'outcome', 'a', range)).toEqual([
      { value: 'allow', label: null },
      { value: 'approved', label: null },
      { value: 'aborted', label: null },
    ])
    expect(await seenValues(auditor, 'agent', agent.slug.slice(0, -1), range)).toEqual([
      { value: agent.slug, label: null },
    ])
    expect(await seenValues(auditor, 'signal', 'IMP', range)).toEqual([{ value: 'impossible travel', label: null }])
    expect(await seenValues(auditor, 'resource', 'host/', range)).toEqual([
      { value: 'host/web-17.example.com', label: null },
    ])
    expect(await seenValues(auditor, 'resource', '%', range)).toEqual([])
    expect(await seenValues(auditor, 'label', '', range)).toEqual([])
  })

  it('offers an owner without a role nothing of other agents and no people', async () => {
    const owner = { ...auditor, id: agent.personId, roles: [], onCall: false }
    expect(await seenValues(owner, 'agent', other.slug.slice(0, -1), range)).toEqual([])
    expect(await seenValues(owner, 'by', '', range)).toEqual([])
  })

  it('offers nothing of what is read only with a purpose', async () => {
    await transaction((tx) => markSensitive(tx, auditor.id, 'resource_type', 'host'))
    expect(await seenValues(auditor, 'resource', 'host/', range)).toEqual([])
    await transaction((tx) => unmarkSensitive(tx, auditor.id, 'resource_type', 'host'))
    expect(await seenValues(auditor, 'resource', 'host/', range)).toHaveLength(1)
  })

  it('counts what the entries of a view have in common', async () => {
    const counted = await facets(auditor, view(...proposed))
    if (!counted.ok) throw new Error('unknown')
    expect(counted.found).toMatchObject({ counted: 24, exact: true })
    expect(counted.found.fields.outcome).toEqual([
      { value: 'allow', count: 12 },
      { value: 'forbid', count: 6 },
      { value: 'hold', count: 6 },
    ])
    expect(counted.found.fields.agent.map(({ count }) => count)).toEqual([12, 12])
    expect(counted.found.fields.action[0]).toEqual({ value: 'crm.get_order', count: 12 })
  })
})

describe('no search runs for ever', () => {
  it('one that takes longer than its time is refused with what to do about it', async () => {
    const slow = bounded((sql) => query(sql, 'SELECT pg_sleep(5)'), 50)
    await expect(slow).rejects.toMatchObject({ code: 'too_slow' })
  })

  it('cannot write, whatever a statement says', async () => {
    await expect(bounded((sql) => query(sql, "UPDATE organisation SET name = 'x'"))).rejects.toThrow(/read-only/)
  })
})

describe('the histogram', () => {
  it('counts every entry of the range once, by outcome', async () => {
    const bars = await histogram(auditor, view(...proposed))
    if (!bars.ok) throw new Error('unknown')
    const totals: Record<string, number> = {}
    for (const { counts } of bars.found.buckets)
      for (const [outcome, n] of Object.entries(counts)) totals[outcome] = (totals[outcome] ?? 0) + n
    expect(totals).toEqual({ allow: 12, forbid: 6, hold: 6 })
    expect(bars.found.exact).toBe(true)
    expect(bars.found.buckets.length).toBeLessThanOrEqual(60)
  })
})
