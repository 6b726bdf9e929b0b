import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { onHearingAgain, startHearing } from '@/lib/db/bus'
import { testDatabase } from '@/lib/db/testing'
import type { ActionOutput } from './contract'
import { Waiters } from './wait'

const database = await testDatabase()
const listening = new Promise<void>((resolve) => onHearingAgain(resolve))
const hearing = startHearing(database.urls.app, () => undefined)
await listening
afterAll(() => hearing.stop())

const FAR = new Date(Date.now() + 86_400_000).toISOString()
const answer = (status: string, expires_at = FAR) =>
  ({ status, approval: { expires_at }, question: null }) as ActionOutput
const told = (id: string) => database.pools.superuser.query(`SELECT pg_notify('actions', $1)`, [id])
const still = () => new AbortController().signal

/** A held action that counts how often it is read. */
function held() {
  const state = { id: newId(), status: 'held', reads: 0, expires: FAR }
  const read = () => {
    state.reads += 1
    return Promise.resolve(answer(state.status, state.expires))
  }
  return { state, read }
}

describe('a request that waits', () => {
  it('is answered as soon as its action was heard of, and reads it once for that', async () => {
    const waiters = new Waiters()
    const { state, read } = held()
    const settled = waiters.settled(state.id, 25, still(), read)
    await expect.poll(() => state.reads).toBe(1)
    await told(newId())
    state.status = 'approved'
    await told(state.id)
    expect(await settled).toMatchObject({ status: 'approved' })
    expect(state.reads).toBe(2)
    waiters.close()
  })

  it('reads nothing again when nothing was heard', async () => {
    const waiters = new Waiters(Date.now, () => 1)
    const { state, read } = held()
    expect(await waiters.settled(state.id, 0.1, still(), read)).toMatchObject({ status: 'held' })
    expect(state.reads).toBe(1)
    expect(waiters.size).toBe(0)
    waiters.close()
  })

  it('reads again at the deadline of its action, whoever records that it is over', async () => {
    const waiters = new Waiters()
    const { state, read } = held()
    state.expires = new Date(Date.now() + 100).toISOString()
    const settled = waiters.settled(state.id, 25, still(), read)
    await expect.poll(() => state.reads).toBe(1)
    state.status = 'expired'
    expect(await settled).toMatchObject({ status: 'expired' })
    waiters.close()
  })

  it('is let go with its client, and reads nothing for it', async () => {
    const waiters = new Waiters()
    const { state, read } = held()
    const gone = new AbortController()
    const settled = waiters.settled(state.id, 25, gone.signal, read)
    await expect.poll(() => state.reads).toBe(1)
    gone.abort()
    await settled
    expect(state.reads).toBe(1)
    expect(waiters.size).toBe(0)
    waiters.close()
  })
})
