import { beforeAll, describe, expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { answererOf } from '@/lib/approvals/read'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { engage } from './engage'
import { CONFIRM_WITHIN_MS } from './halt'
import { haltable, MOST_NAMES, namesLike } from './read'
import { AGENTS_PAGE, readHaltInForce, readHaltsInForce } from './read-in-force'
import { standBeyond } from './stops'

const database = await testDatabase()
await testLedger(database)
const { superuser } = database.pools
const dana = await testPerson(['analyst'])
const viewer = answererOf(dana)

const AGENTS = 650
/** Every fifth of them is silent, and every fifth beside it has confirmed with a run that has not. */
const SILENT = AGENTS / 5
let halt = ''
let engagedAt = new Date()
const after = (ms: number) => new Date(engagedAt.getTime() + ms)
const late = () => after(CONFIRM_WITHIN_MS)

beforeAll(async () => {
  const { teamId, personId, agentId } = await sampleAgent(superuser)
  await superuser.query(
    `INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, state, registered_by,
       data_provider, data_region, data_retention, data_agreement, data_accepted_by, data_accepted_at)
     SELECT gen_random_uuid(), 'many-' || lpad(n::text, 4, '0'), purpose, $1, $2, environment, review_date, state, registered_by,
       data_provider, data_region, data_retention, data_agreement, data_accepted_by, data_accepted_at
       FROM agent, generate_series(1, $3::int) AS n WHERE id = $4`,
    [personId, teamId, AGENTS, agentId],
  )
  await superuser.query(`UPDATE agent SET state = 'retired' WHERE id = $1`, [agentId])
  await superuser.query(
    `INSERT INTO run (id, agent_id, opened_at, lease_until, renews) SELECT gen_random_uuid(), id, now() - interval '1 minute', now() + interval '1 hour', true
       FROM agent, generate_series(1, 2) WHERE slug LIKE 'many-%'`,
  )
  halt = (await engage({ scope: 'organisation', reason: '', by: dana.id, now: new Date() })).id
  const { rows } = await superuser.query<{ at: Date }>('SELECT engaged_at AS at FROM halt WHERE id = $1', [halt])
  engagedAt = rows[0]?.at ?? engagedAt
  await superuser.query(
    `INSERT INTO halt_acknowledgement (halt_id, agent_id, runs) SELECT $1, id, '[]' FROM agent WHERE slug LIKE 'many-%' AND right(slug, 1) NOT IN ('3', '8')`,
    [halt],
  )
  await superuser.query(
    `INSERT INTO halt_run_stopped (halt_id, run_id, agent_id) SELECT $1, r.id, r.agent_id FROM run r JOIN agent a ON a.id = r.agent_id
      WHERE right(a.slug, 1) NOT IN ('3', '8', '4', '9')`,
    [halt],
  )
})

describe('a halt of more agents than a page lists', () => {
  it('is read by pages: who has not answered first, every agent on one of them, and all of them counted on each', async () => {
    const seen: string[] = []
    for (let from = 0; from < AGENTS; from += AGENTS_PAGE) {
      const page = await readHaltInForce(db(), halt, viewer, late(), from)
      expect(page?.counts).toEqual({ confirmed: AGENTS - 2 * SILENT, unconfirmed: 2 * SILENT, requested: 0 })
      const states = page?.agents.map(({ state }) => state) ?? []
      const beyond = page?.beyond ?? { confirmed: 0, unconfirmed: 0, waiting: [] }
      expect(states.filter((state) => state === 'confirmed').length + beyond.confirmed).toBe(AGENTS - 2 * SILENT)
      expect(states.filter((state) => state === 'unconfirmed').length + beyond.unconfirmed).toBe(2 * SILENT)
      seen.push(...(page?.agents.map(({ slug, state }) => `${state} ${slug}`) ?? []))
    }
    expect(seen).toHaveLength(AGENTS)
    expect(seen.slice(0, 2 * SILENT).every((one) => /^unconfirmed many-\d+[3489]$/.test(one))).toBe(true)
    expect(seen.slice(2 * SILENT).every((one) => one.startsWith('confirmed '))).toBe(true)
    expect(new Set(seen).size).toBe(AGENTS)
  })

  it('says of an agent that confirmed which of its runs did not', async () => {
    const page = await readHaltInForce(db(), halt, viewer, late())
    const agent = page?.agents.find(({ slug }) => slug === 'many-0004')
    expect(agent).toMatchObject({ state: 'unconfirmed', confirmedAt: null, unlisted: null, runs: [{}, {}] })
    expect(agent?.acknowledgedAt).not.toBeNull()
  })

  it('turns the silence of those on other pages into no answer as well, at the moment it does so for these', async () => {
    const early = await readHaltInForce(db(), halt, viewer, engagedAt, AGENTS_PAGE)
    expect(early?.counts).toEqual({ confirmed: AGENTS - 2 * SILENT, unconfirmed: 0, requested: 2 * SILENT })
    const beyond = early?.beyond ?? { confirmed: 0, unconfirmed: 0, waiting: [] }
    expect(standBeyond(beyond, engagedAt.getTime())).toMatchObject({ unconfirmed: 0, requested: 2 * SILENT })
    // its second is rounded up
    expect(standBeyond(beyond, after(CONFIRM_WITHIN_MS + 1_000).getTime())).toMatchObject({
      unconfirmed: 2 * SILENT,
      requested: 0,
    })
  })

  it('is one line among others: how many confirmed, and a few of those that did not by name', async () => {
    const [line] = await readHaltsInForce(db(), viewer, late())
    expect(line).toMatchObject({
      haltId: halt,
      agents: AGENTS,
      counts: { confirmed: AGENTS - 2 * SILENT, unconfirmed: 2 * SILENT, requested: 0 },
      silent: ['many-0003', 'many-0004', 'many-0008', 'many-0009'],
    })
  })
})

it('an agent is named by typing where there are too many for a list, and a part of its name finds it', async () => {
  expect(AGENTS).toBeGreaterThan(MOST_NAMES)
  expect((await haltable(db())).agent).toEqual({ count: AGENTS, names: null })
  expect((await haltable(db())).team.names).toHaveLength(1)
  expect(await namesLike(db(), 'agent', 'Y-0012')).toEqual(['many-0012'])
  expect(await namesLike(db(), 'agent', '%')).toEqual([])
})
