import Fastify from 'fastify'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { logRoutes } from '@/lib/gateway/log'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import { parseVkey, vkeyOf } from '@/lib/ledger/note'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'

const database = await testDatabase()
const ledger = await testLedger(database)
const app = Fastify()
await app.register(logRoutes)
afterAll(() => app.close())

describe('the log, to strangers', () => {
  it('has no checkpoint before anything is signed', async () => {
    const answer = await app.inject('/log/checkpoint')
    expect(answer.statusCode).not.toBe(200)
    expect(answer.body).toContain('Nothing is signed yet')
  })

  it('shows its last checkpoint and the keys that check it, and they agree', async () => {
    await sequenceOnce(database.pools.sequencer, ledger, null)
    const [vkey = '', receipts] = (await app.inject('/log/vkey')).body.split('\n')
    const verifier = parseVkey(vkey)
    const checkpoint = await app.inject('/log/checkpoint')
    expect(checkpoint.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(verifier && openCheckpoint(checkpoint.body, verifier)).toMatchObject({
      ok: true,
      origin: ledger.origin,
      size: 1,
    })
    expect(receipts).toBe(vkeyOf(ledger.receipt))
  })
})
