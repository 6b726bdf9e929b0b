import pg from 'pg'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { publicId } from '@/lib/core/ids'
import { onHearingAgain, startHearing } from '@/lib/db/bus'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { engage } from './engage'
import { HaltHub, MOST_STREAMS, type HubOptions } from './hub'
import { lift } from './lift'
import { stopLift } from './stop-lift'
import { letGo, typedName } from './testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const listening = new Promise<void>((resolve) => onHearingAgain(resolve))
const hearing = startHearing(database.urls.app, () => undefined)
await listening
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['ciso'], 'Bram Oduya')]

const hubs: HaltHub[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const hub of hubs.splice(0)) hub.close()
})
afterAll(() => hearing.stop())

function hubWith(over: Partial<HubOptions> = {}): HaltHub {
  const onError = (error: unknown) => {
    throw error
  }
  const hub = new HaltHub({ sql: pools.app, urgent: pools.app, onError, ...over })
  hubs.push(hub)
  return hub
}

type Said = { event: string; id: bigint; data: { id?: string; halts?: { id: string; requested_at?: string }[] } }

/** A client: what it was told, as it reads it, and the last id it saw. */
function client() {
  const said: Said[] = []
  const state = { said, last: null as bigint | null, ended: false }
  const tell = (text: string) => {
    for (const one of text.split('\n\n').filter((each) => each !== '')) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(one)?.[1]
      state.last = BigInt(field('id') ?? '-1')
      const data = field('data')
      if (data !== undefined)
        said.push({ event: field('event') ?? '', id: state.last, data: JSON.parse(data) as Said['data'] })
    }
  }
  return { state, tell, end: () => void (state.ended = true) }
}
/** The halts a client believes to be in force: a state replaces what it knew. */
function inForce(said: readonly Said[]): Set<string> {
  const known = new Set<string>()
  for (const { event, data } of said) {
    if (event === 'state') {
      known.clear()
      for (const { id } of data.halts ?? []) known.add(id)
    } else if (event === 'engaged') known.add(data.id ?? '')
    else known.delete(data.id ?? '')
  }
  return known
}
const events = ({ said }: { said: readonly Said[] }) => said.map(({ event }) => event)

async function liftNow(haltId: string): Promise<void> {
  const typed = await typedName(haltId)
  await lift({ haltId, actor: dana, typed, reason: 'looked at it', now: new Date() })
  const { rows } = await pools.superuser.query<{ digest: Buffer }>(
    `SELECT digest FROM approval WHERE subject_id = $1 AND status = 'pending'`,
    [haltId],
  )
  await lift({
    haltId,
    actor: bram,
    typed,
    reason: 'so did I',
    now: new Date(),
    ...(rows[0] && { digest: rows[0].digest }),
  })
}
const engageFor = async (agent: string) =>
  (await engage({ scope: 'agent', agent, reason: '', by: dana.id, now: new Date() })).id

describe('the streams of halts', () => {
  it('of one agent are so many at most: the oldest are let go, and nobody else’s', async () => {
    const hub = hubWith()
    const [greedy, other] = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const ended: string[] = []
    const join = (agentId: string, name: string) =>
      hub.join(
        agentId,
        null,
        () => undefined,
        () => void ended.push(name),
      )
    await join(other.agentId, 'other')
    for (let at = 0; at < MOST_STREAMS + 3; at++) await join(greedy.agentId, `greedy ${at}`)
    expect(ended).toEqual(['greedy 0', 'greedy 1', 'greedy 2'])
    expect(hub.size).toBe(MOST_STREAMS + 1)
  })

  it('are so many at most in all: one more is refused, with when to try again, and has its place when another goes', async () => {
    const hub = hubWith({ most: 2 })
    const join = async () => hub.join((await sampleAgent(pools.superuser)).agentId, null, ...nobody)
    const leave = await join()
    await join()
    await expect(join()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 })
    expect(hub.size).toBe(2)
    leave()
    await join()
    expect(hub.size).toBe(2)
  })

  it('tell an event to thousands with one reading', async () => {
    const hub = hubWith()
    const agents = await Promise.all(Array.from({ length: 40 }, () => sampleAgent(pools.superuser)))
    const clients = agents.map(() => client())
    await Promise.all(agents.map(({ agentId }, at) => hub.join(agentId, null, ...told(clients[at]))))
    const reads = vi.spyOn(pools.app, 'query')
    const { id } = await engage({
      scope: 'environment',
      environment: 'production',
      reason: '',
      by: dana.id,
      now: new Date(),
    })
    await expect.poll(() => clients.every(({ state }) => events(state).includes('engaged'))).toBe(true)
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2)
    await liftNow(id)
  })

  it('bring thousands up to date with as few readings as one', async () => {
    const hub = hubWith()
    const agents = await Promise.all(Array.from({ length: 40 }, () => sampleAgent(pools.superuser)))
    const id = await engageFor(agents[0]?.slug ?? '')
    const reads = vi.spyOn(pools.app, 'query')
    const clients = agents.map(() => client())
    await Promise.all(agents.map(({ agentId }, at) => hub.join(agentId, null, ...told(clients[at]))))
    // a few at most, however they fall: what is under way when somebody joins is not theirs
    expect(reads.mock.calls.length).toBeLessThan(agents.length / 2)
    expect(clients.map(({ state }) => inForce(state.said).size)).toEqual([1, ...Array<number>(39).fill(0)])
    await liftNow(id)
  })

  it('leave every client with what is in force, whatever is engaged and lifted while it connects', async () => {
    const hub = hubWith()
    const agent = await sampleAgent(pools.superuser)
    const clients = Array.from({ length: MOST_STREAMS }, () => client())
    let last = ''
    const halting = (async () => {
      for (let n = 0; n < 4; n++) {
        last = await engageFor(agent.slug)
        if (n < 3) await liftNow(last)
      }
    })()
    for (const one of clients) {
      await hub.join(agent.agentId, null, ...told(one))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await halting
    const stands = [publicId('halt', last)]
    await expect
      .poll(() => clients.filter(({ state }) => [...inForce(state.said)].join() !== stands.join()))
      .toEqual([])
    await liftNow(last)
    await expect.poll(() => clients.filter(({ state }) => inForce(state.said).size > 0)).toEqual([])
  })
})

describe('whom a stage let go and who is halted again', () => {
  const away = new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' })
  afterAll(() => away.end())

  it.each([
    ['', pools.app, false],
    [', also where nobody can read whom it had let go', away, true],
  ])('is told to stop anew%s', async (_, urgent, fails) => {
    const failures: unknown[] = []
    const hub = hubWith({ urgent, onError: (error) => failures.push(error) })
    const [agent, other] = [await sampleAgent(pools.superuser), await sampleAgent(pools.superuser)]
    const halted = await engage({
      scope: 'environment',
      environment: 'production',
      reason: '',
      by: dana.id,
      now: new Date(),
    })
    const [one, two] = [client(), client()]
    await hub.join(agent.agentId, null, ...told(one))
    await hub.join(other.agentId, null, ...told(two))
    const asked = ({ state }: ReturnType<typeof client>) =>
      state.said.flatMap(({ data }) => data.halts?.map(({ requested_at }) => requested_at) ?? [])
    await letGo(halted.id, agent.slug, [dana, bram])
    await expect.poll(() => [...inForce(one.state.said)]).toEqual([])
    await stopLift({ haltId: halted.id, actor: bram, reason: '', now: new Date() })
    await expect.poll(() => [...inForce(one.state.said)]).toEqual([publicId('halt', halted.id)])
    expect(new Set(asked(one)).size).toBe(2)
    expect(new Set(asked(two)).size).toBe(1)
    expect(failures.length > 0).toBe(fails)
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [halted.id])
  })
})

describe('while decisions have taken every ordinary connection', () => {
  const few = new pg.Pool({ connectionString: database.urls.app, max: 1, connectionTimeoutMillis: 5_000 })
  afterAll(() => few.end())
  const free = () => pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
  afterEach(free)

  it('whoever is halted again is told to stop anew, and not cut off', async () => {
    const failures: unknown[] = []
    const hub = hubWith({ sql: few, onError: (error) => failures.push(error) })
    const agent = await sampleAgent(pools.superuser)
    const halted = await engage({
      scope: 'environment',
      environment: 'production',
      reason: '',
      by: dana.id,
      now: new Date(),
    })
    const one = client()
    await hub.join(agent.agentId, null, ...told(one))
    await letGo(halted.id, agent.slug, [dana, bram])
    await expect.poll(() => [...inForce(one.state.said)]).toEqual([])
    const taken = await few.connect()
    try {
      await stopLift({ haltId: halted.id, actor: bram, reason: '', now: new Date() })
      await expect.poll(() => [...inForce(one.state.said)]).toEqual([publicId('halt', halted.id)])
    } finally {
      taken.release()
    }
    expect([one.state.ended, failures]).toEqual([false, []])
  })

  it('whoever connects hears of a halt that is engaged, and stays connected', async () => {
    const hub = hubWith({ sql: few, onError: () => undefined })
    const agent = await sampleAgent(pools.superuser)
    const one = client()
    const taken = await few.connect()
    try {
      const joined = hub.join(agent.agentId, null, ...told(one))
      const id = await engageFor(agent.slug)
      await expect.poll(() => [...inForce(one.state.said)]).toEqual([publicId('halt', id)])
      await joined
      expect([hub.size, one.state.ended]).toEqual([1, false])
      await liftNow(id)
      await expect.poll(() => [...inForce(one.state.said)]).toEqual([])
    } finally {
      taken.release()
    }
  })

  it('what was read before a halt is not told after it', async () => {
    let [reads, goOn] = [0, () => undefined as void]
    const open = new Promise<void>((resolve) => (goOn = resolve))
    const real = pools.app.query.bind(pools.app) as (...args: unknown[]) => Promise<unknown>
    const slow = {
      query: async (...args: unknown[]) => {
        const answer = await real(...args)
        // what is in force, read before the halt
        if (++reads === 2) await open
        return answer
      },
    } as unknown as HubOptions['sql']
    const hub = hubWith({ sql: slow, urgent: pools.superuser })
    const agent = await sampleAgent(pools.superuser)
    const one = client()
    const joined = hub.join(agent.agentId, null, ...told(one))
    await expect.poll(() => reads).toBe(2)
    const id = await engageFor(agent.slug)
    await expect.poll(() => [...inForce(one.state.said)]).toEqual([publicId('halt', id)])
    goOn()
    await joined
    expect([...inForce(one.state.said)]).toEqual([publicId('halt', id)])
    expect(events(one.state)).toEqual(['state'])
  })
})

describe('a client that comes back', () => {
  it('has the present state first, then each halt it missed, and an id that leaves none out wherever it is cut off', async () => {
    const hub = hubWith()
    const agent = await sampleAgent(pools.superuser)
    const before = client()
    const leave = await hub.join(agent.agentId, null, ...told(before))
    leave()
    const witness = client()
    await hub.join(agent.agentId, null, ...told(witness))
    const missed: string[] = []
    for (let n = 0; n < 3; n++) {
      const id = await engageFor(agent.slug)
      missed.push(publicId('halt', id))
      await liftNow(id)
    }
    await expect.poll(() => events(witness.state).filter((event) => event === 'lifted')).toHaveLength(missed.length)
    // cut off after each event in turn, and back with the id of that one: it never hears fewer than are left
    for (let cut = 1; cut <= 7; cut++) {
      const again = client()
      await hub.join(agent.agentId, before.state.last, ...told(again))
      expect(events(again.state)).toEqual(['state', ...missed.flatMap(() => ['engaged', 'lifted'])])
      expect(again.state.said[0]?.data.halts).toEqual([])
      const heard = again.state.said.slice(0, cut)
      const back = client()
      await hub.join(agent.agentId, heard.at(-1)?.id ?? null, ...told(back))
      const both = new Set([...heard, ...back.state.said].map(({ event, data }) => `${event} ${data.id ?? ''}`))
      for (const id of missed) expect(both).toContain(`engaged ${id}`)
    }
    // once it has read everything, nothing is told again
    const whole = client()
    await hub.join(agent.agentId, before.state.last, ...told(whole))
    const after = client()
    await hub.join(agent.agentId, whole.state.last, ...told(after))
    expect(events(after.state)).toEqual(['state'])
  })

  it('after more halts than one reading holds misses none', async () => {
    const hub = hubWith()
    const agent = await sampleAgent(pools.superuser)
    const first = client()
    await hub.join(agent.agentId, null, ...told(first))
    const { rows } = await pools.superuser.query<{ id: string }>(
      `INSERT INTO halt (id, scope, target, reason, engaged_by, engaged_at, epoch, lifted_at, lift_reason)
       SELECT gen_random_uuid(), 'agent', $1, '', $2, now(), (SELECT epoch FROM gate) + n, now(), 'over' FROM generate_series(1, 250) AS n RETURNING id::text AS id`,
      [agent.agentId, dana.id],
    )
    const back = client()
    await hub.join(agent.agentId, first.state.last, ...told(back))
    expect(events(back.state).filter((event) => event === 'engaged')).toHaveLength(rows.length)
  })
})

const nobody: [(text: string) => void, () => void] = [() => undefined, () => undefined]
const told = (one: ReturnType<typeof client> | undefined): [(text: string) => void, () => void] =>
  one === undefined ? nobody : [one.tell, one.end]
