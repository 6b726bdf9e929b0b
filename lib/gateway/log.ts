import type { FastifyInstance } from 'fastify'
import { fault } from '@/lib/core/fault'
import { pool } from '@/lib/db/pool'
import { ledgerStatus } from '@/lib/ledger/read'

/**
 * What anybody may know of the log: its last signed checkpoint (C2SP tlog-checkpoint) and the keys that check it. Fetched
 * from another machine and kept there, a checkpoint exposes every later rewrite of what it covers; `countersign verify
 * --checkpoint FILE` holds the ledger against it.
 */
export async function logRoutes(app: FastifyInstance): Promise<void> {
  app.get('/log/checkpoint', async (_, reply) => {
    const { checkpoint } = await ledgerStatus(pool('app'))
    if (checkpoint === null) throw fault('not_found', { detail: 'Nothing is signed yet. Ask again in a second.' })
    return reply.header('cache-control', 'public, max-age=1').type('text/plain; charset=utf-8').send(checkpoint)
  })

  /** One verifier key a line: the log's, then that of its receipts. Each names itself (C2SP signed-note). */
  app.get('/log/vkey', async (_, reply) => {
    const { vkey, receiptVkey } = await ledgerStatus(pool('app'))
    if (vkey === null || receiptVkey === null) throw fault('not_found')
    return reply
      .header('cache-control', 'public, max-age=60')
      .type('text/plain; charset=utf-8')
      .send(`${vkey}\n${receiptVkey}\n`)
  })
  await Promise.resolve()
}
