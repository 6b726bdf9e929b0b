import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { ledgerKeys } from '@/lib/ledger/keys'
import { leafHash, rootOf, type Hash } from '@/lib/ledger/merkle'
import { noteSigner, vkeyOf } from '@/lib/ledger/note'
import { consistencyRanges, hashRanges } from '@/lib/ledger/proof'
import { webPrimitives } from './web'
import { lookAtLog, type Kept, type LogReader } from './keeper'

const primitives = webPrimitives()
if (!primitives) throw new Error('this Node has no WebCrypto')
const seed = (text: string) => createHash('sha256').update(text).digest()
const signerOf = (text: string, name = 'countersign/abc') => {
  const key = seed(text)
  return noteSigner(name, ledgerKeys({ checkpoint: key, receipt: key, payload: key, commitment: key }).checkpoint)
}
const signer = signerOf('one')
const leaves = (n: number, what = 'entry') =>
  Array.from({ length: n }, (_, i) => leafHash(Buffer.from(`${what} ${String(i)}`)))

/** A log as its server shows it: these leaves, signed by that key. */
function logOf(all: readonly Hash[], by = signer): LogReader {
  const node = ({ level, index }: { level: number; index: number }) =>
    rootOf(all.slice(index * 2 ** level, (index + 1) * 2 ** level))
  return {
    checkpoint: () => Promise.resolve(signCheckpoint({ origin: by.name, size: all.length, root: rootOf(all) }, by)),
    consistency: (from, to) =>
      Promise.resolve(hashRanges(consistencyRanges(from, to), node).map((hash) => hash.toString('base64'))),
    keys: () => Promise.resolve({ vkey: vkeyOf(by), successions: [] }),
  }
}
const look = (kept: Kept | null, log: LogReader) => lookAtLog(primitives, kept, log, '2026-05-01T00:00:00.000Z')
async function first(n = 7): Promise<Kept> {
  const looked = await look(null, logOf(leaves(n)))
  if (!looked.ok) throw new Error(looked.code)
  return looked.kept
}

describe('who keeps a log’s checkpoint', () => {
  it('believes the key the first time, and keeps it', async () => {
    expect(await look(null, logOf(leaves(7)))).toMatchObject({
      ok: true,
      from: null,
      kept: { size: 7, vkey: vkeyOf(signer) },
    })
  })

  it.each([7, 8, 20, 64])('goes on to %i entries when what was kept is their beginning', async (n) => {
    expect(await look(await first(), logOf(leaves(n)))).toMatchObject({ ok: true, from: 7, kept: { size: n } })
  })

  it('finds a log that was rolled back', async () => {
    expect(await look(await first(20), logOf(leaves(7)))).toEqual({ ok: false, code: 'shrunk', size: 7 })
  })

  it.each([7, 20])('finds a log of %i entries that holds others than were kept', async (n) => {
    expect(await look(await first(), logOf(leaves(n, 'other')))).toEqual({ ok: false, code: 'forked', size: n })
  })

  it('finds another key, whatever the server says of it', async () => {
    expect(await look(await first(), logOf(leaves(9), signerOf('two')))).toMatchObject({
      ok: false,
      code: 'foreign_key',
    })
  })

  it('finds a signature that does not hold', async () => {
    const log = logOf(leaves(9))
    const spoiled = { ...log, checkpoint: async () => (await log.checkpoint()).replace('\n9\n', '\n8\n') }
    expect(await look(await first(), spoiled)).toMatchObject({ ok: false, code: 'bad_signature' })
  })

  it('believes no proof that is none', async () => {
    const log = { ...logOf(leaves(20)), consistency: () => Promise.resolve(['AAAA']) }
    expect(await look(await first(), log)).toMatchObject({ ok: false, code: 'forked' })
  })
})
