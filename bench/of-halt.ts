import { fork, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, type Figure, type Run } from './bench'
import { connectedAgents } from './connected'
import { Listeners, type Told } from './listeners'
import { engageAll, liftAll, liftAsked } from './halting'
import { underLoad } from './halt-under-load'
import { wholeServer, type WholeServer } from './whole-server'

const SIZES = (process.env['BENCH_CONNECTED'] ?? '1000,5000').split(',').map(Number)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 10)
/** Before anything is counted: both sides compile what they run. */
const WARM = 2
/** Of this process: the server's sockets and the bare loop's, and room for everything else. */
const FILES_A_LISTENER = 2
const FILES_BESIDE = 500

/**
 * Somebody halts the organisation while so many agents hold their stream, each on a socket of its own: from the moment the request is
 * sent until the last of them has read it. The server is the whole one in a process of its own; agents and people share this one. In
 * the same run, turn by turn, a third process is asked the same way to write the same bytes to as many sockets in a loop. Then the same
 * halt while others propose as fast as they can, and how long after the lift they are let through as before.
 */
export const run: Run = ({ root, say }) =>
  wholeServer(root, async (server) => {
    const most = Math.floor((openFiles() - FILES_BESIDE) / FILES_A_LISTENER)
    const sizes = SIZES.map((size) => Math.min(size, most))
    if (sizes.some((size, at) => size !== SIZES[at])) say(`this machine lets a process open files for ${most} agents`)
    const figures: Figure[] = []
    const agents = new Listeners()
    const bare = await bareSockets(root)
    try {
      for (const size of sizes) {
        await connect(server, agents, size - agents.size)
        await bare.listeners.open(bare.ports.sockets, Array<string>(size - bare.listeners.size).fill(''), null)
        say(`${agents.size} agents are connected`)
        figures.push(...(await rounds(server, agents, bare)))
        if (size === sizes[0]) figures.push(...(await underLoad(server, agents, say)))
      }
      if (agents.lost > 0) throw new Error(`the server ended ${agents.lost} streams`)
      return figures
    } finally {
      agents.close()
      bare.listeners.close()
      bare.child.kill()
    }
  })

type Bare = { child: ChildProcess; ports: { sockets: number; asked: number }; listeners: Listeners }

async function bareSockets(root: string): Promise<Bare> {
  const child = fork(path.join(root, 'dist/bench/bare-sockets.js'))
  const ports = await new Promise<Bare['ports']>((resolve, reject) => {
    child.once('message', (said) => {
      resolve(said as Bare['ports']) // our own program
    })
    child.once('exit', () => {
      reject(new Error('the bare loop ended'))
    })
  })
  return { child, ports, listeners: new Listeners() }
}

async function connect({ url, superuser }: WholeServer, agents: Listeners, count: number): Promise<void> {
  const tokens = await connectedAgents(superuser, url, count)
  const { host, port } = new URL(url)
  const requests = tokens.map(
    (token) => `GET /api/v1/halts/stream HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`,
  )
  await agents.open(Number(port), requests, 'event: state')
}

/** Engages, is told, lifts, is told, and writes the same bytes barely: as many times as there are rounds. */
async function rounds(server: WholeServer, agents: Listeners, bare: Bare): Promise<Figure[]> {
  const took = { engaged: [] as number[], answered: [] as number[], lifted: [] as number[], bare: [] as number[] }
  for (let round = 0; round < WARM + ROUNDS; round++) {
    const engaged = agents.told('event: engaged')
    const sent = performance.now()
    const id = await engageAll(server)
    const answered = performance.now() - sent
    const { at, bytes } = await engaged
    const asked = await liftAsked(server, id)
    const lifted = agents.told('event: lifted')
    const again = performance.now()
    await liftAll(server, id, asked)
    const { at: over } = await lifted
    const loop = await writtenBarely(bare, bytes)
    if (round < WARM) continue
    took.engaged.push(at - sent)
    took.answered.push(answered)
    took.lifted.push(over - again)
    took.bare.push(loop)
    await sleep(100)
  }
  const name = `halt to the last of ${agents.size.toLocaleString('en')} agents told`
  const ms = (figure: string, value: number): Figure => ({ figure, value, unit: 'ms' })
  const [engaged, barely] = [percentile(took.engaged, 0.5), percentile(took.bare, 0.5)]
  return [
    {
      ...ms(`${name}, median`, engaged),
      ceiling: barely,
      ratio: engaged / barely,
      budget: { at: 'most', is: 5 },
    },
    ms(`${name}, longest of ${String(ROUNDS)}`, percentile(took.engaged, 1)),
    ms('of that, until who halted has their answer, median', percentile(took.answered, 0.5)),
    ms('as many sockets written to in a bare loop, median', barely),
    ms('lift to the last of them told, median', percentile(took.lifted, 0.5)),
  ]
}

async function writtenBarely({ ports, listeners }: Bare, bytes: Buffer): Promise<number> {
  const told: Promise<Told> = listeners.told('event: engaged')
  const sent = performance.now()
  await (
    await fetch(`http://127.0.0.1:${String(ports.asked)}/`, { method: 'POST', body: new Uint8Array(bytes) })
  ).text()
  return (await told).at - sent
}

/** How many files a process may open here; its children may as many. */
function openFiles(): number {
  const report = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft: number | string } } }
  const limit = Number(report.userLimits?.open_files?.soft)
  return Number.isFinite(limit) ? limit : Number.MAX_SAFE_INTEGER
}
