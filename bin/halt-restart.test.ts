import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { parsePublicId, publicId } from '../lib/core/ids'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { install, programOf, startOn, type Install, type Undo } from './governed'
import { freePort, superuserUrl } from './testing'

const undo: Undo = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

type Halt = { id: string; lifted_at: string | null }
type Told = { event: string; halts: Halt[] }

const CLIENTS = 6

/** A program of the agent on its stream, as the SDK gives it: everything it was told. After the first event it reads on only `when`. */
function listen(at: Install, when?: Promise<void>): { told: Told[]; stop: () => Promise<void> } {
  const end = new AbortController()
  const told: Told[] = []
  const running = (async () => {
    for await (const { event, data } of programOf(at).halts(end.signal)) {
      told.push({ event, halts: event === 'state' ? (data as { halts: Halt[] }).halts : [data as Halt] })
      await when
    }
  })()
  const stop = async () => {
    end.abort()
    await running
  }
  undo.push(() => end.abort())
  return { told, stop }
}

/** The halts a program believes to be in force: a state replaces what it knew. */
function inForce(told: readonly Told[]): string[] {
  let known = new Set<string>()
  for (const { event, halts } of told) {
    if (event === 'state') known = new Set(halts.map(({ id }) => id))
    else
      for (const { id } of halts)
        if (event === 'engaged') known.add(id)
        else known.delete(id)
  }
  return [...known].sort()
}
const everTold = (told: readonly Told[]) => new Set(told.flatMap(({ halts }) => halts.map(({ id }) => id)))

/** Engages and lifts as people do, over and over, whatever becomes of the server meanwhile. */
async function haltOverAndOver(at: Install, sql: pg.Client, going: () => boolean): Promise<void> {
  const [dana, ilse] = [new ConsoleClient(at.url), new ConsoleClient(at.url)]
  while (going()) {
    try {
      await dana.signIn(at.dana.email, at.dana.password)
      await ilse.signIn(at.ilse.email, at.ilse.password)
      while (going()) {
        const { id } = await dana.post<{ id: string }>('/api/console/halts', { scope: 'agent', agent: 'ticket-closer' })
        await dana
          .post(`/api/console/halts/${id}/lift`, { reason: 'Looked at it.', typed: 'ticket-closer' })
          .catch((error: unknown) => {
            // asked before the server was killed
            if ((error as { code?: string }).code !== 'digest_mismatch') throw error
          })
        const { rows } = await sql.query<{ digest: string }>(
          `SELECT 'sha256:' || encode(digest, 'hex') AS digest FROM approval WHERE subject_id = $1 AND status = 'pending'`,
          [parsePublicId('halt', id)],
        )
        await ilse.post(`/api/console/halts/${id}/lift`, {
          reason: 'So did I.',
          typed: 'ticket-closer',
          digest: rows[0]?.digest,
        })
      }
    } catch {
      // the server is gone, or half of it was done: what stands is read from the database afterwards
      await sleep(100)
    }
  }
}

describe('agents on the stream of halts', () => {
  it('hear of every halt, through servers killed in the middle of engaging and lifting', async () => {
    const env = { PORT: String(await freePort()) }
    const at = await install(undo, env)
    let wake = (): void => undefined
    const woken = new Promise<void>((resolve) => (wake = resolve))
    // one of them sleeps through everything, and can only be told afterwards
    const programs = [...Array.from({ length: CLIENTS }, () => listen(at)), listen(at, woken)]
    await expect
      .poll(() => programs.map(({ told }) => told.map(({ event }) => event)))
      .toEqual(programs.map(() => ['state']))
    const sql = new pg.Client({ connectionString: superuserUrl(at.folder) })
    sql.on('error', () => undefined)
    await sql.connect()
    undo.push(() => sql.end())

    let going = true
    const halting = haltOverAndOver(at, sql, () => going)
    let { running } = at
    for (const after of [400, 900]) {
      await sleep(after)
      running.child.kill('SIGKILL')
      await running.ended
      // while no server runs, somebody stops everything from the database
      if (after === 900) await sql.query(`SELECT halt_everything('the console is gone')`)
      running = (await startOn(at.folder, undo, env)).running
    }
    await sleep(3_000)
    const lifted = async () => {
      const { rows } = await sql.query<{ n: number }>('SELECT count(*)::int AS n FROM halt WHERE lifted_at IS NOT NULL')
      return rows[0]?.n ?? 0
    }
    while ((await lifted()) <= 10) await sleep(200)
    going = false
    await halting
    wake()

    const { rows } = await sql.query<{ id: string; lifted: boolean }>(
      'SELECT id::text AS id, lifted_at IS NOT NULL AS lifted FROM halt ORDER BY epoch',
    )
    expect(rows.filter(({ lifted }) => lifted).length).toBeGreaterThan(10)
    const standing = rows.filter(({ lifted }) => !lifted).map(({ id }) => publicId('halt', id))
    expect(standing.length).toBeGreaterThan(0)
    const all = rows.map(({ id }) => publicId('halt', id)).sort()
    for (const { told } of programs) {
      await expect.poll(() => inForce(told), { timeout: 60_000 }).toEqual([...standing].sort())
      await expect.poll(() => [...everTold(told)].sort(), { timeout: 60_000 }).toEqual(all)
      // each connection began with the state
      expect(told.filter(({ event }) => event === 'state').length).toBeGreaterThanOrEqual(2)
    }
    for (const { stop } of programs) await stop()
  })
})
