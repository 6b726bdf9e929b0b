import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, type Figure } from './bench'
import { tokenOf } from './connected'
import { engageAll, liftAll, liftAsked } from './halting'
import type { Listeners } from './listeners'
import type { WholeServer } from './whole-server'
import { governed } from '@/lib/decisions/governed-testing'

const DECIDERS = 48
const ROUNDS = Number(process.env['BENCH_LOADED'] ?? 3)
const STEADY_MS = 3_000
const HALTED_MS = 1_500
/** Throughput is read in windows of this length; it is back in the first one that reaches this share of what it was. */
const WINDOW_MS = 100
const BACK = 0.8
const LONGEST_MS = 30_000

/** One answer: when it was asked for and read (`performance.now()`), and whether it let the action through. */
type Answered = { sent: number; at: number; allowed: boolean }

/** A halt while others propose as fast as they can, and what becomes of their throughput after the lift. */
export async function underLoad(
  server: WholeServer,
  agents: Listeners,
  say: (line: string) => void,
): Promise<Figure[]> {
  const load = await propose(server)
  const took = { engage: [] as number[], told: [] as number[], back: [] as number[], before: [] as number[] }
  let late = 0
  try {
    await sleep(STEADY_MS)
    for (let round = 0; round < ROUNDS; round++) {
      const before = await steady(load)
      const told = agents.told('event: engaged')
      const sent = performance.now()
      const id = await engageAll(server)
      const engaged = performance.now()
      took.told.push((await told).at - sent)
      took.engage.push(engaged - sent)
      await sleep(HALTED_MS)
      late += load.answered.filter(({ sent: asked, allowed }) => allowed && asked > engaged).length
      const digest = await liftAsked(server, id)
      load.answered.length = 0
      await liftAll(server, id, digest)
      const lifted = performance.now()
      took.back.push((await again(load, lifted, before * BACK)) - lifted)
      took.before.push(before / (WINDOW_MS / 1_000))
      await sleep(STEADY_MS)
    }
  } finally {
    await load.stop()
  }
  const perSecond = Math.round(percentile(took.before, 0.5))
  say(`${String(DECIDERS)} deciders were let through ${perSecond.toLocaleString('en')} times a second before each halt`)
  const ms = (figure: string, values: readonly number[], share: number): Figure => ({
    figure,
    value: percentile(values, share),
    unit: 'ms',
  })
  return [
    ms('engage under full decision load, until it is answered, median', took.engage, 0.5),
    ms('engage under full decision load, until it is answered, longest', took.engage, 1),
    ms(`the last of ${agents.size.toLocaleString('en')} told under that load, median`, took.told, 0.5),
    {
      figure: 'proposals sent after the answer and let through all the same',
      value: late,
      unit: 'actions',
      budget: { at: 'most', is: 0 },
    },
    ms(`from the lift until ${String(BACK * 100)} % of the throughput is back, median`, took.back, 0.5),
    ms(`from the lift until ${String(BACK * 100)} % of the throughput is back, longest`, took.back, 1),
  ]
}

type Load = { answered: Answered[]; stop: () => Promise<void> }

async function propose({ url, superuser }: WholeServer): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: DECIDERS })
  const answered: Answered[] = []
  let going = true
  const tokens = await Promise.all(
    Array.from({ length: DECIDERS }, async () => {
      const { clientId, clientSecret } = await governed(superuser)
      return tokenOf(url, clientId, clientSecret)
    }),
  )
  const body = JSON.stringify({ tool: 'crm.get_order', arguments: { order: 'A-17' } })
  const workers = tokens.map(async (token) => {
    while (going) {
      const sent = performance.now()
      const answer = await post(agent, `${url}/api/v1/actions`, token, body)
      answered.push({ sent, at: performance.now(), allowed: answer.includes('"decision":"allow"') })
    }
  })
  return {
    answered,
    stop: async () => {
      going = false
      await Promise.all(workers)
      agent.destroy()
    },
  }
}

/** How many are let through in a window, median over some seconds. */
async function steady({ answered }: Load): Promise<number> {
  answered.length = 0
  const since = performance.now()
  await sleep(STEADY_MS)
  return percentile(windows(answered, since, STEADY_MS / WINDOW_MS), 0.5)
}

/** When the first window ended in which as many were let through. */
async function again({ answered }: Load, since: number, wanted: number): Promise<number> {
  for (;;) {
    await sleep(WINDOW_MS)
    const whole = Math.floor((performance.now() - since) / WINDOW_MS)
    const at = windows(answered, since, whole).findIndex((count) => count >= wanted)
    if (at >= 0) return since + (at + 1) * WINDOW_MS
    if (performance.now() - since > LONGEST_MS) throw new Error('the throughput did not come back')
  }
}

function windows(answered: readonly Answered[], since: number, count: number): number[] {
  const counts = Array<number>(count).fill(0)
  for (const { at, allowed } of answered) {
    const window = Math.floor((at - since) / WINDOW_MS)
    if (allowed && window >= 0 && window < count) counts[window] = (counts[window] ?? 0) + 1
  }
  return counts
}

/** One proposal; a refusal to decide just now (503, 429) is an answer too, and lets nothing through. */
function post(agent: Agent, url: string, token: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    request(url, { agent, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        resolve(text)
      })
      response.on('error', reject)
    })
      .on('error', reject)
      .end(body)
  })
}
