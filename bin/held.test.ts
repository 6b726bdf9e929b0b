import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import type { Answer } from '../clients/sdk/client'
import { parsePublicId } from '../lib/core/ids'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { CLOSE, install as installed, programOf, startOn, type Install, type Undo } from './governed'
import { postgresOf, superuserUrl } from './testing'

const undo: Undo = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

const install = () => installed(undo)
const start = (folder: string) => startOn(folder, undo)
const approvalOf = (held: Answer) => held.approval?.id ?? expect.fail(`it is ${held.status}, not held`)

async function approve({ url, dana }: Pick<Install, 'url' | 'dana'>, held: Answer): Promise<void> {
  const console = await new ConsoleClient(url).signIn(dana.email, dana.password)
  await console.post(`/api/console/approvals/${approvalOf(held)}/verdict`, {
    answer: 'approve',
    digest: held.digest,
    reason: 'Checked.',
  })
}

/** Its time runs out in the database that the killed server has left behind. */
async function threeDaysLater(folder: string, approvalId: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl(folder) })
  await client.connect()
  try {
    const moved = await client.query('UPDATE approval SET expires_at = clock_timestamp() WHERE id = $1::uuid', [
      parsePublicId('approval', approvalId),
    ])
    expect(moved.rowCount).toBe(1)
  } finally {
    await client.end()
  }
}

describe('an action that waits for a person', () => {
  it('survives its client, the server and Postgres being killed, and its agent gets the answer afterwards', async () => {
    const before = await install()
    const gone = new AbortController()
    const program = programOf(before, gone.signal)
    const held = await program.propose(CLOSE)
    expect(held.status).toBe('held')

    // the client breaks off in the middle of its long poll: that withdraws nothing
    const polling = program.settled(held)
    await sleep(300)
    gone.abort()
    await expect(polling).rejects.toThrow()
    expect(await programOf(before).read(held.id)).toMatchObject({ status: 'held' })

    // kill -9 of everything, with a client waiting
    const broken = programOf(before).settled(held)
    await Promise.all([
      expect(broken).rejects.toThrow(),
      (async () => {
        await sleep(300)
        before.running.child.kill('SIGKILL')
        await before.running.ended
        process.kill(postgresOf(before.folder) ?? expect.fail('there is no Postgres'), 'SIGKILL')
      })(),
    ])

    const after = { ...before, ...(await start(before.folder)) }
    const again = programOf(after)
    expect(await again.read(held.id)).toMatchObject({
      status: 'held',
      approval: { id: approvalOf(held), status: 'pending' },
    })
    // asked for again it is the same request, not a second one
    expect((await again.propose(CLOSE)).approval?.id).toBe(approvalOf(held))

    // a restart in good order, while the agent waits by long poll
    after.running.child.kill('SIGTERM')
    expect(await after.running.ended).toBe(0)
    const last = { ...after, ...(await start(before.folder)) }
    const waiting = programOf(last).settled(held)
    await approve(last, held)
    expect(await waiting).toMatchObject({ status: 'approved' })
    expect((await programOf(last).claim(held.id)).grant).toMatchObject({ token: expect.any(String) as string })
  })

  it('has a verdict that came while the server was killed recorded once, or not at all', async () => {
    let at = await install()
    const held = await programOf(at).propose(CLOSE)
    const session = await new ConsoleClient(at.url).signIn(at.dana.email, at.dana.password)
    const verdict = session
      .post(`/api/console/approvals/${approvalOf(held)}/verdict`, {
        answer: 'approve',
        digest: held.digest,
        reason: 'Yes.',
      })
      .then(
        () => 'recorded',
        () => 'unknown',
      )
    await sleep(5)
    at.running.child.kill('SIGKILL')
    const told = await verdict
    await at.running.ended
    at = { ...at, ...(await start(at.folder)) }

    const stands = await programOf(at).read(held.id)
    expect(['held', 'approved']).toContain(stands.status)
    // who was told that it is recorded finds it recorded
    if (told === 'recorded') expect(stands.status).toBe('approved')
    const same = await approve(at, held).then(
      () => 'recorded now',
      (error: { code: string }) => error.code,
    )
    expect(same).toBe(stands.status === 'approved' ? 'already_decided' : 'recorded now')
    expect(await programOf(at).settled(held)).toMatchObject({ status: 'approved' })
    const detail = await (
      await new ConsoleClient(at.url).signIn(at.dana.email, at.dana.password)
    ).get<{ verdicts: unknown[] }>(`/api/console/approvals/${approvalOf(held)}`)
    expect(detail.verdicts).toHaveLength(1)
  })

  it('expires while nothing runs, which is no rejection and never an allow', async () => {
    const before = await install()
    const held = await programOf(before).propose(CLOSE)
    expect(Date.parse(held.approval?.expires_at ?? '') - Date.now()).toBeGreaterThan(2 * 86_400_000)
    before.running.child.kill('SIGKILL')
    await before.running.ended
    await threeDaysLater(before.folder, approvalOf(held))

    const after = { ...before, ...(await start(before.folder)) }
    const program = programOf(after)
    expect(await program.read(held.id)).toMatchObject({
      status: 'expired',
      grant: null,
      approval: { status: 'expired' },
    })
    await expect(program.claim(held.id)).rejects.toMatchObject({
      code: expect.stringMatching(/expired|wrong_state/) as string,
    })
    const dana = await new ConsoleClient(after.url).signIn(after.dana.email, after.dana.password)
    const page = await dana.get<{ status: string; verdicts: unknown[] }>(`/api/console/approvals/${approvalOf(held)}`)
    expect(page).toMatchObject({ status: 'expired', verdicts: [] })
    await expect(approve(after, held)).rejects.toMatchObject({ code: 'expired' })
  })
})
