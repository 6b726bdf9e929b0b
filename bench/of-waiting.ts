import { Agent, createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { percentile, type Figure, type Run } from './bench'
import { rereading } from './rereading'
import { wholeServer, type WholeServer } from './whole-server'
import { governed } from '@/lib/decisions/governed-testing'

const AGENTS = Number(process.env['BENCH_WAITING'] ?? 1_000)
/** Verdicts under way at once in the second half: more people than ever answer in the same moment, none of whom reads. */
const PEOPLE = 4
/** Things done at once while the agents are made. */
const HANDS = 16
const SETTLE_MS = 3_000

type Held = { id: string; digest: string; approval: { id: string } | null; status: string }
type Waiting = { token: string; held: Held }
type Told = { at: number; status: string }
/** `sent`, `recorded`, `at`: when the verdict was sent, when the console had answered it, when its agent had read it. */
type Answered = Told & { sent: number; recorded: number }

/**
 * A thousand agents wait by long poll, each on a socket of its own, for the verdict on their own action, while somebody answers one
 * request after the other at the console, and then several people at once: from the moment a verdict is sent to the moment its agent
 * has read the answer. The server is the whole one, in a process of its own; agents and people share this one. Beside it the bare
 * thing: a loop that holds as many sockets and answers one of them for every word it is told.
 */
export const run: Run = async ({ root, say }) => [...(await rereading(root, AGENTS)), ...(await answering(root, say))]

function answering(root: string, say: (line: string) => void): Promise<Figure[]> {
  return wholeServer(root, async (server) => {
    const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
    // each begins to wait as soon as it was told to, as agents do
    const asked = await inParallel(AGENTS, async () => {
      const one = await holdOne(server)
      return { one, told: settled(server, agent, one) }
    })
    const [waiting, answers] = [asked.map(({ one }) => one), asked.map(({ told }) => told)]
    say(`${String(waiting.length)} agents have asked; answering while all of them wait`)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const send = ({ held }: Waiting) =>
      server.analyst.post(`/api/console/approvals/${held.approval?.id ?? ''}/verdict`, {
        answer: 'approve',
        digest: held.digest,
        reason: 'Checked against the runbook.',
      })
    const half = Math.floor(waiting.length / 2)
    const alone = await answerAll(waiting.slice(0, half), answers.slice(0, half), send, 1)
    const together = await answerAll(waiting.slice(half), answers.slice(half), send, PEOPLE)
    agent.destroy()
    const bare = latencies(await bareLoop(AGENTS))
    const ms = latencies(alone)
    const figure = (name: string, values: readonly number[], share: number): Figure => ({
      figure: name,
      value: percentile(values, share),
      unit: 'ms',
    })
    const told = 'verdict to the waiting agent, one after the other'
    return [
      figure(`${told}, p50`, ms, 0.5),
      figure(`${told}, p95`, ms, 0.95),
      { ...figure(`${told}, p99`, ms, 0.99), budget: { at: 'most', is: 100 } },
      figure(`${told}, longest`, ms, 1),
      figure('of that, until the console has answered the person, p50', until(alone), 0.5),
      figure('of that, until the console has answered the person, p99', until(alone), 0.99),
      figure('from the console’s answer to the agent’s, p99', after(alone), 0.99),
      figure(`${String(PEOPLE)} verdicts in the same moment, without a pause, p50`, latencies(together), 0.5),
      figure(`${String(PEOPLE)} verdicts in the same moment, without a pause, p99`, latencies(together), 0.99),
      {
        ...figure('one after the other, against a bare loop of as many sockets, p50', ms, 0.5),
        ceiling: percentile(bare, 0.5),
        ratio: percentile(ms, 0.5) / percentile(bare, 0.5),
      },
      {
        ...figure('one after the other, against a bare loop of as many sockets, p99', ms, 0.99),
        ceiling: percentile(bare, 0.99),
        ratio: percentile(ms, 0.99) / percentile(bare, 0.99),
      },
    ]
  })
}

const until = (took: readonly Answered[]) => took.map(({ sent, recorded }) => recorded - sent)
/** Nothing where the agent knew before the person did. */
const after = (took: readonly Answered[]) => took.map(({ recorded, at }) => Math.max(0, at - recorded))

function latencies(took: readonly Answered[]): number[] {
  const lost = took.filter(({ status }) => status !== 'approved').length
  if (lost > 0) throw new Error(`${String(lost)} agents were told something else than approved`)
  return took.map(({ sent, at }) => at - sent)
}

/** One agent under a signed boundary, with a token, and an action of its own that is held. */
async function holdOne({ url, superuser }: WholeServer): Promise<Waiting> {
  const { clientId, clientSecret } = await governed(superuser)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const { access_token: token } = await json<{ access_token: string }>(
    await fetch(`${url}/oauth/token`, { method: 'POST', body: form }),
  )
  const held = await json<Held>(
    await fetch(`${url}/api/v1/actions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tool: 'edr.isolate_host', arguments: { host: 'fin-lt-0442' } }),
    }),
  )
  if (held.status !== 'held' || held.approval === null) throw new Error(`an action was ${held.status}, not held`)
  return { token, held }
}

async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url}: ${String(response.status)} ${await response.text()}`)
  return (await response.json()) as T
}

/** Polls until the action is no longer held; answers when that was read, and as what. */
async function settled({ url }: WholeServer, agent: Agent, { token, held }: Waiting): Promise<Told> {
  for (;;) {
    const text = await get(agent, `${url}/api/v1/actions/${held.id}?wait=25`, { authorization: `Bearer ${token}` })
    const at = performance.now()
    const { status } = JSON.parse(text) as Held
    if (status !== 'held') return { at, status }
  }
}

/** Sends verdicts, a few people at once, each the next when theirs is recorded and its agent knows. */
async function answerAll<T>(
  waiting: readonly T[],
  answers: readonly Promise<Told>[],
  answer: (one: T) => Promise<unknown>,
  atOnce: number,
): Promise<Answered[]> {
  const took: Answered[] = []
  let next = 0
  const person = async () => {
    for (let i = next++; i < waiting.length; i = next++) {
      const [one, told] = [waiting[i], answers[i]]
      if (one === undefined || told === undefined) return
      const sent = performance.now()
      await answer(one)
      const recorded = performance.now()
      took.push({ sent, recorded, ...(await told) })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, person))
  return took
}

/** Holds as many requests as there are agents and answers each when it is told to, over HTTP as well. */
async function bareLoop(count: number): Promise<Answered[]> {
  const open = new Map<string, ServerResponse>()
  const server = createServer((asked, response) => {
    const id = asked.url ?? ''
    if (asked.method === 'GET') return void open.set(id, response)
    open.get(id)?.end('{"status":"approved"}')
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const ids = Array.from({ length: count }, (_, i) => `/${String(i)}`)
  const answers = ids.map(async (id) => {
    await get(agent, url + id, {})
    return { at: performance.now(), status: 'approved' }
  })
  while (open.size < count) await new Promise((resolve) => setTimeout(resolve, 20))
  const post = (id: string) => fetch(url + id, { method: 'POST', body: '{}' }).then((answer) => answer.text())
  const took = await answerAll(ids, answers, post, 1)
  agent.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return took
}

function get(agent: Agent, url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${url}: ${String(response.statusCode)} ${text}`))
      })
      response.on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

async function inParallel<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  let begun = 0
  const hand = async () => {
    while (begun++ < count) made.push(await make())
  }
  await Promise.all(Array.from({ length: HANDS }, hand))
  return made
}
