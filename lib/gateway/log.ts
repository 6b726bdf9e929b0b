import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '@/lib/core/fault'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import type { Gateway } from '@/lib/gateway/routes'
import { readLeaving } from '@/lib/gateway/server/leaving-settings'
import { checkpointToServe, watcherCame } from '@/lib/ledger/holders'
import { parseVkey } from '@/lib/ledger/note'
import { tlogPolicy } from '@/lib/ledger/policy'
import { ledgerStatus } from '@/lib/ledger/read'
import { readKeyChain, readSuccessionNotes } from '@/lib/ledger/read-keys'
import { readConsistency, readTile, readTlogProof } from '@/lib/ledger/read-log'
import { parseTilePath } from '@/lib/ledger/tile-path'
import { actorOfBearer } from '@/lib/people/actor-read'
import { can } from '@/lib/people/permission'

const TEXT = 'text/plain; charset=utf-8'
const NUMBER = /^(0|[1-9][0-9]{0,14})$/

/**
 * The ledger as a log for machines (C2SP tlog-checkpoint, tlog-tiles, tlog-proof). Anybody may know the last signed checkpoint,
 * the keys that check it and how two sizes are consistent: hashes, which say nothing of any entry. The tree and the entries are
 * for whoever reads the whole record, unless this install publishes them (COUNTERSIGN_PUBLISH_LOG=1). Fetched from another
 * machine and kept there, a checkpoint exposes every later rewrite of what it covers: `countersign watch`.
 */
export async function logRoutes(app: FastifyInstance, { settings }: Pick<Gateway, 'settings'>): Promise<void> {
  const published = settings.publishLog === true
  const { witnesses } = readLeaving(process.env)
  const forever = `${published ? 'public' : 'private'}, max-age=31536000, immutable`

  /** The last one signed, with its cosignatures; with `?witnessed=1` the last one that a witness cosigned. A watcher names itself. */
  app.get('/log/checkpoint', async (request, reply) => {
    const witnessed = (request.query as Record<string, unknown>).witnessed === '1'
    const checkpoint = await checkpointToServe(pool('app'), { witnessed })
    if (checkpoint === null) throw fault('not_found', { detail: 'Nothing is signed yet. Ask again in a second.' })
    const watcher = request.headers['countersign-watcher']
    if (typeof watcher === 'string') await watcherCame(pool('app'), watcher, checkpoint.size)
    return reply.header('cache-control', 'public, max-age=1').type(TEXT).send(checkpoint.note)
  })

  /** The keys, for programs: what signs now, and a signed note for each time another key or name took over, oldest first. */
  app.get('/log/keys', async (_, reply) => {
    const { origin, vkey, receiptVkey } = await ledgerStatus(pool('app'))
    if (vkey === null) throw fault('not_found')
    const successions = await readSuccessionNotes(pool('app'))
    return reply.header('cache-control', 'no-cache').send({ origin, vkey, receipt_vkey: receiptVkey, successions })
  })

  /** A trust policy for offline verifiers (C2SP tlog-policy): to be compared with what one knows, as any key that a server shows. */
  app.get('/log/policy', async (_, reply) => {
    const { vkey } = await ledgerStatus(pool('app'))
    const known = vkey === null ? null : parseVkey(vkey)
    const chain = known && (await readKeyChain(pool('app'), known))
    if (!chain) throw fault('not_found')
    const vkeys = chain.keys.map((key) => key.vkey).reverse()
    const url = `${settings.publicUrl.origin}/log/`
    return reply.header('cache-control', 'no-cache').type(TEXT).send(tlogPolicy({ vkeys, url }, witnesses))
  })

  /** One verifier key a line: the log's, then that of its receipts. Each names itself (C2SP signed-note). */
  app.get('/log/vkey', async (_, reply) => {
    const { vkey, receiptVkey } = await ledgerStatus(pool('app'))
    if (vkey === null || receiptVkey === null) throw fault('not_found')
    return reply.header('cache-control', 'public, max-age=60').type(TEXT).send(`${vkey}\n${receiptVkey}\n`)
  })

  /** One hash a line, base64: that the first `from` entries are the beginning of the first `to` (RFC 6962 §2.1.2). */
  app.get('/log/consistency', async (request, reply) => {
    const given = new Map(Object.entries(request.query as Record<string, unknown>))
    const from = whole(given, 'from')
    const to = given.has('to') ? whole(given, 'to') : (await ledgerStatus(pool('app'))).size
    if ([...given.keys()].some((name) => name !== 'from' && name !== 'to')) throw fault('invalid_request')
    const hashes = await readConsistency(pool('app'), from, to)
    if (hashes === null)
      throw fault('not_found', { detail: 'Give two sizes, from 1 on, that the last signed checkpoint covers.' })
    return reply
      .header('cache-control', 'no-store')
      .type(TEXT)
      .send(hashes.map((hash) => `${hash.toString('base64')}\n`).join(''))
  })

  /** `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`: they never change (C2SP tlog-tiles). */
  app.get('/log/tile/*', async (request, reply) => {
    if (!published) await requireReader(request)
    const address = parseTilePath((request.params as { '*': string })['*'])
    const bytes = address && (await readTile(pool('app'), address))
    if (!bytes) throw fault('not_found', { detail: 'The last signed checkpoint covers no such tile.' })
    return immutable(reply, forever).type('application/octet-stream').send(bytes)
  })

  /** The `.tlog-proof` of an entry under the last signed checkpoint. */
  app.get('/log/proof/:index', async (request, reply) => {
    if (!published) await requireReader(request)
    const index = whole(new Map(Object.entries(request.params as Record<string, unknown>)), 'index')
    const proof = await readTlogProof(pool('app'), index)
    if (proof === null) throw fault('not_found', { detail: 'The last signed checkpoint covers no such entry.' })
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="entry-${index}.tlog-proof"`)
      .type(TEXT)
      .send(proof)
  })
  await Promise.resolve()
}

/** @throws Fault `unauthenticated`, `invalid_credential`, or `not_permitted` for who does not read the whole record */
async function requireReader({ headers }: FastifyRequest): Promise<void> {
  if (headers.authorization === undefined)
    throw fault('unauthenticated', {
      detail: 'Send an API token of somebody who reads the record, made in /settings/tokens.',
    })
  const actor = await actorOfBearer(db(), headers.authorization)
  if (actor === undefined) throw fault('invalid_credential')
  const permission = can(actor, 'audit.read')
  if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
}

function whole(given: ReadonlyMap<string, unknown>, field: string): number {
  const value = given.get(field)
  if (typeof value !== 'string' || !NUMBER.test(value))
    throw fault('invalid_request', { field, detail: 'Give a whole number without zeros in front.' })
  return Number(value)
}

const immutable = (reply: FastifyReply, forever: string) =>
  reply.header('cache-control', forever).header('vary', 'authorization')
