import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { facets } from '@/lib/audit/facets'
import { MOST_NEW } from '@/lib/audit/row'
import { countNewer, eachEntry, histogram, searchEntries, type View } from '@/lib/audit/search'
import { seenValues } from '@/lib/audit/seen'
import type { Field, Term, Terms, Value } from '@/lib/audit/term'
import { newId, publicId, uuidv7 } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { seeded } from '@/lib/decisions/random-testing'
import { append, type Append } from '@/lib/ledger/append'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'

const ROUNDS = 250
const ENTRIES = 240

const { pools } = await testDatabase()
const ledger = await testLedger({ pools })
const auditor = await testPerson(['auditor'])
const agents = [await governed(pools.superuser), await governed(pools.superuser), await governed(pools.superuser)]
const random = seeded(20_261_121)
const { pick, chance } = random

/** Few values, so that terms meet; with everything a pattern, a query or a comparison could trip over. */
const TOOLS = ['crm.get_order', 'crm.note', 'EDR.isolate', 'edr.isolate_host', 'odd%tool.x_y']
const KNOWN = ['crm.get_order', 'crm.note', 'edr.isolate_host']
const HOSTS = ['web-17.example.com', 'web_17', 'WEB-17', '100%', "o'brien\\x", 'a/b/c', '日本 host']
const PEOPLE = ['Dana@example.com', 'dana@example.com', 'omar', '%']
const SIGNALS = ['impossible travel', 'new device', 'travel', '100%_bad', 'Ünder way', '--']
const SKILLS = ['Triage-7', 'triage-8', 'x']
const maybe = <T>(value: () => T, often = 0.6): T | null => (chance(often) ? value() : null)
const some = (from: readonly string[]) => maybe(() => [pick(from), pick(from)], 0.4)

type Made = Append & { id: string; agent: string; slug: string }

function made(): Made {
  const agent = pick(agents)
  const decided = chance(0.7)
  const tool = pick(TOOLS)
  const signals = some(SIGNALS)
  const intel = some(SIGNALS)
  const skill = maybe(() => pick(SKILLS), 0.3)
  const confidence = maybe(() => Math.floor(random.next() * 5) / 4, 0.4)
  const amount = maybe(() => Math.floor(random.next() * 40) / 2, 0.4)
  return {
    // every seventh or so within one millisecond
    id: uuidv7(Date.now() - (chance(0.5) ? 5 : 0), randomBytes(10)),
    kind: decided ? 'action.decided' : 'action.completed',
    actor: 'agent',
    agent: agent.agentId,
    slug: agent.slug,
    owner: agent.personId,
    outcome: decided ? pick(['allow', 'hold', 'forbid'] as const) : 'succeeded',
    ...(decided && {
      // an entry names the catalogue's tools; any other name is the agent's word, and stands in the projection alone
      ...(KNOWN.includes(tool) && { tool }),
      reason: pick(['never', 'autonomous']),
      rule: pick(['never[0]', 'never[1]', 'autonomous[0]']),
      class: { access: pick(['read', 'write'] as const) },
    }),
    ...(chance(0.1) && { labels: ['drill'] as const }),
    payload: { arguments: {} },
    projection: {
      tool: decided ? tool : null,
      resource_type: 'host',
      resource_id: pick(HOSTS),
      requester: maybe(() => pick(PEOPLE)),
      sentence: `it uses ${tool} about ${pick(SIGNALS)}`,
      ...(signals && { signals }),
      ...(intel && { intel }),
      ...(skill !== null && { skill }),
      ...(confidence !== null && { confidence }),
      ...(amount !== null && { amount }),
    },
  }
}

const log: Made[] = []
for (let i = 0; i < ENTRIES; i++) {
  const one = made()
  const { slug: _, ...entry } = one
  await append(pools.app, entry)
  log.push(one)
}
await sequenceOnce(pools.sequencer, ledger, null)

const range = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 3_600_000) }
const about: Term = {
  type: 'field',
  field: 'agent',
  negated: false,
  values: [
    { is: 'exact', text: agents[0]?.slug ?? '' },
    ...agents.slice(1).map(({ slug }): Value => ({ is: 'exact', text: slug })),
  ],
}
const view = (...terms: Term[]): View => ({
  terms: [
    about,
    { type: 'field', field: 'kind', negated: false, values: [{ is: 'glob', text: 'action.*' }] },
    ...terms,
  ],
  range,
})

// ------------------------------------------------------------------ what a term means, said naively

const VALUES: Partial<Record<Field, readonly string[]>> = {
  agent: agents.map(({ slug }) => slug),
  outcome: ['allow', 'hold', 'forbid', 'succeeded', 'failed'],
  reason: ['never', 'autonomous', 'external'],
  rule: ['never[0]', 'never', 'autonomous[0]', 'autonomous[7]'],
  access: ['read', 'write'],
  label: ['drill', 'override'],
  action: TOOLS,
  resource: [...HOSTS, ...HOSTS.map((host) => `host/${host}`)],
  requester: PEOPLE,
  signal: SIGNALS,
  intel: SIGNALS,
  skill: SKILLS,
}
const NUMBERS = ['confidence', 'amount'] as const
const NAMES = Object.keys(VALUES) as Field[]
const GLOBBED: readonly Field[] = ['rule', 'action', 'resource', 'requester', 'signal', 'intel', 'skill', 'label']

function said(entry: Made, field: Field): readonly (string | null | undefined)[] {
  const p = entry.projection
  switch (field) {
    case 'agent':
      return [entry.slug]
    case 'outcome':
      return [entry.outcome]
    case 'reason':
      return [entry.reason]
    case 'rule':
      return [entry.rule, entry.rule?.split('[')[0]]
    case 'access':
      return [entry.class?.access]
    case 'label':
      return entry.labels ?? []
    case 'action':
      return [p?.tool]
    case 'resource':
      return [p?.resource_id, `${p?.resource_type ?? ''}/${p?.resource_id ?? ''}`]
    case 'requester':
      return [p?.requester]
    case 'signal':
      return p?.signals ?? []
    case 'intel':
      return p?.intel ?? []
    case 'skill':
      return [p?.skill]
    default:
      throw new Error(field)
  }
}

/** `*` for anything and every other character for itself, as a regular expression. */
const globbed = (glob: string) =>
  new RegExp(
    `^${glob
      .split(/\*+/)
      .map((part) => part.replace(/[^\p{L}\p{N}]/gu, '\\$&'))
      .join('[^]*')}$`,
  )

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/)
    .filter(Boolean)

function meets(entry: Made, term: Term): boolean {
  if (term.type === 'text') {
    const p = entry.projection
    const all = wordsOf(
      [
        p?.tool,
        p?.resource_type,
        p?.resource_id,
        p?.requester,
        p?.sentence,
        ...(p?.signals ?? []),
        ...(p?.intel ?? []),
        p?.skill,
      ]
        .filter((part) => part != null)
        .join(' '),
    )
    const asked = wordsOf(term.text)
    const found = all.some((_, i) => asked.every((word, n) => all[i + n] === word))
    return found !== term.negated
  }
  const found = term.values.some((value) => {
    if (value.is === 'range') {
      const number = entry.projection?.[term.field as 'amount' | 'confidence']
      if (number == null) return false
      const above = value.from === null || (value.fromIncluded ? number >= value.from : number > value.from)
      return above && (value.to === null || (value.toIncluded ? number <= value.to : number < value.to))
    }
    const asked = value.text.toLowerCase()
    // a resource without a slash in what is asked is its id alone
    const words =
      term.field === 'resource' && !asked.includes('/') ? [entry.projection?.resource_id] : said(entry, term.field)
    return words.some((word) =>
      word == null
        ? false
        : value.is === 'glob'
          ? globbed(asked).test(word.toLowerCase())
          : word.toLowerCase() === asked,
    )
  })
  return found !== term.negated
}

// ------------------------------------------------------------------ random questions

function aValue(field: Field): Value {
  const text = pick(VALUES[field] ?? [])
  if (!GLOBBED.includes(field) || chance(0.6)) return { is: 'exact', text }
  const from = Math.floor(random.next() * text.length)
  const to = from + 1 + Math.floor(random.next() * (text.length - from))
  return { is: 'glob', text: pick([`${text.slice(0, to)}*`, `*${text.slice(from)}`, `*${text.slice(from, to)}*`]) }
}

function aTerm(): Term {
  const negated = chance(0.3)
  if (chance(0.1))
    return { type: 'text', negated, text: pick(['travel', 'impossible travel', 'new device', 'crm', 'x y']) }
  if (chance(0.15)) {
    const [from, to] = [maybe(() => random.next() * 10), maybe(() => 10 + random.next() * 10)]
    const field = pick(NUMBERS)
    return {
      type: 'field',
      field,
      negated,
      values: [{ is: 'range', from, to, fromIncluded: chance(0.5), toIncluded: chance(0.5) }],
    }
  }
  const field = pick(NAMES)
  const values: [Value, ...Value[]] = [aValue(field)]
  if (chance(0.4)) values.push(aValue(field))
  return { type: 'field', field, negated, values }
}

const naive = (terms: Terms) =>
  log
    .filter((entry) => terms.every((term) => meets(entry, term)))
    .map(({ id }) => id)
    .sort()

async function everything(asked: View): Promise<string[]> {
  const ids: string[] = []
  for await (const page of eachEntry(auditor, asked, 97)) ids.push(...page.map(({ id }) => id))
  return ids
}

describe('a search over a random log', () => {
  it(`finds exactly what a plain filter finds, ${String(ROUNDS)} random questions long`, async () => {
    let hits = 0
    for (let round = 0; round < ROUNDS; round++) {
      const terms = [aTerm(), ...(chance(0.4) ? [aTerm()] : [])]
      const expected = naive(terms)
      hits += expected.length > 0 && expected.length < log.length ? 1 : 0
      const found = await everything(view(...terms))
      const missing = log
        .filter(({ id }) => expected.includes(id) && !found.includes(id))
        .map(({ projection }) => projection)
      const wrong = log
        .filter(({ id }) => found.includes(id) && !expected.includes(id))
        .map(({ projection }) => projection)
      expect({ round, terms: JSON.stringify(terms), missing, wrong }).toEqual({
        round,
        terms: JSON.stringify(terms),
        missing: [],
        wrong: [],
      })
      expect(found).toEqual(expected)
    }
    // questions that find nothing or all of it would prove little
    expect(hits).toBeGreaterThan(ROUNDS / 3)
  })

  it('counts in the histogram and in the rail what it finds', async () => {
    for (let round = 0; round < 20; round++) {
      const term = aTerm()
      const expected = naive([term])
      const bars = await histogram(auditor, view(term))
      const rail = await facets(auditor, view(term))
      if (!bars.ok || !rail.ok) throw new Error('a name nobody has')
      const counted = bars.found.buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0)
      expect({ term, counted, rail: rail.found.counted }).toEqual({
        term,
        counted: expected.length,
        rail: expected.length,
      })
    }
  })
})

describe('pages while entries are added', () => {
  it('hold every entry there was at the start once, in order, and none twice', async () => {
    const start = log
      .map(({ id }) => id)
      .sort()
      .reverse()
    const seen: string[] = []
    let before: string | undefined
    for (;;) {
      const { slug: _, ...entry } = { ...made(), id: newId() }
      await append(pools.app, entry)
      const page = await searchEntries(auditor, view(), { limit: 17, ...(before !== undefined && { before }) })
      if (!page.ok) throw new Error('a name nobody has')
      seen.push(...page.found.rows.map(({ id }) => id))
      if (page.found.older === null) break
      before = page.found.older
    }
    expect(new Set(seen).size).toBe(seen.length)
    // the one that was added before the first page is on it
    expect(seen.slice(1)).toEqual(start.map((id) => publicId('entry', id)))
  })
})

describe('an owner without a role', () => {
  const own = agents[0]
  if (!own) throw new Error('there is no agent')
  const owner = { ...auditor, id: own.personId, roles: [], onCall: false }
  const ours = (id: string) => log.some((entry) => entry.id === id && entry.agent === own.agentId)
  const open: View = { terms: [], range }

  it('reads, counts and exports nothing about the agents of others', async () => {
    const mine = log.filter(({ agent }) => agent === own.agentId)
    const oldest = mine.map(({ id }) => id).sort()[0] ?? ''
    const exported: string[] = []
    for await (const page of eachEntry(owner, open)) exported.push(...page.map(({ id }) => id))
    expect(exported.filter((id) => log.some((entry) => entry.id === id) && !ours(id))).toEqual([])
    expect(exported.length).toBeGreaterThanOrEqual(mine.length)
    const rail = await facets(owner, open)
    if (!rail.ok) throw new Error('a name nobody has')
    expect(rail.found.fields.agent.map(({ value }) => value)).toEqual([own.slug])
    expect(rail.found.counted).toBe(exported.length)
    expect(await countNewer(owner, open, publicId('entry', oldest))).toMatchObject({
      ok: true,
      found: { count: Math.min(exported.length - 1, MOST_NEW) },
    })
  })

  it('is offered no word that only other agents said', async () => {
    const stranger = agents[1]
    if (!stranger) throw new Error('there is no agent')
    await append(pools.app, {
      kind: 'action.completed',
      actor: 'agent',
      agent: stranger.agentId,
      outcome: 'succeeded',
      payload: {},
      projection: {
        tool: null,
        resource_type: 'secret',
        resource_id: 'of-others',
        requester: 'zz-only',
        skill: 'zz-skill',
        signals: ['zz-signal'],
        intel: ['zz-intel'],
      },
    })
    const fields = ['resource', 'requester', 'skill', 'signal', 'intel'] as const
    for (const field of fields) {
      const beginning = field === 'resource' ? 'secret' : 'zz'
      expect(await seenValues(auditor, field, beginning, range)).toHaveLength(1)
      expect(await seenValues(owner, field, beginning, range)).toEqual([])
    }
  })

  it('cannot tell by a search who has an account here', async () => {
    const asked = (text: string): View => ({
      terms: [{ type: 'field', field: 'by', negated: false, values: [{ is: 'glob', text }] }],
      range,
    })
    const { email } = auditor
    const there = await searchEntries(owner, asked(`${email.slice(0, 12)}*`))
    const nowhere = await searchEntries(owner, asked('nobody-of-that-name*'))
    expect(there).toEqual(nowhere)
  })
})
