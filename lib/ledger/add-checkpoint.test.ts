import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeAddCheckpoint, encodeAddCheckpoint, judgeAddCheckpoint } from '@/lib/ledger/add-checkpoint'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { leafHash, rootOf } from '@/lib/ledger/merkle'
import { noteSigner, parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { consistencyRanges, hashRanges } from '@/lib/ledger/proof'

const signer = noteSigner('log.example/one', generateKeyPairSync('ed25519').privateKey)
const verifiers = [parseVkey(vkeyOf(signer)) as NoteVerifier]
const leaves = Array.from({ length: 20 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)))
const root = (size: number) => rootOf(leaves.slice(0, size))
const note = (size: number, of = root(size)) => signCheckpoint({ origin: signer.name, size, root: of }, signer)
const proof = (from: number, to: number) =>
  hashRanges(consistencyRanges(from, to), ({ level, index }) =>
    rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
  )
const judge = (
  old: number,
  size: number,
  hashes = old > 0 ? proof(old, size) : [],
  held = old,
  checkpoint = note(size),
) =>
  judgeAddCheckpoint(
    encodeAddCheckpoint({ old, proof: hashes, checkpoint }),
    verifiers,
    held > 0 ? { size: held, root: root(held) } : null,
  )

describe('what a witness may cosign', () => {
  it('is the first checkpoint it sees, what grew out of its last, and that one again', () => {
    expect(judge(0, 7)).toMatchObject({ ok: true, size: 7, root: root(7) })
    for (const [old, size] of [
      [7, 8],
      [8, 16],
      [13, 20],
      [20, 20],
    ] as const)
      expect(judge(old, size)).toMatchObject({ ok: true, size })
  })

  it('is nothing else, each with the status of the specification', () => {
    expect(judge(7, 12, proof(6, 12))).toMatchObject({ ok: false, status: 422 })
    expect(judge(7, 12, [])).toMatchObject({ ok: false, status: 422 })
    expect(judge(0, 12, proof(7, 12))).toMatchObject({ ok: false, status: 422 })
    expect(judge(6, 12, proof(6, 12), 7)).toEqual({
      ok: false,
      status: 409,
      size: 7,
      says: expect.any(String) as string,
    })
    expect(judge(0, 12, [], 7)).toMatchObject({ ok: false, status: 409, size: 7 })
    expect(judge(7, 7, [], 7, note(7, root(6)))).toMatchObject({ ok: false, status: 409, size: 7 })
    expect(judge(12, 7, [], 12)).toMatchObject({ ok: false, status: 400 })
    const stranger = noteSigner(signer.name, generateKeyPairSync('ed25519').privateKey)
    const unsigned = signCheckpoint({ origin: signer.name, size: 7, root: root(7) }, stranger)
    expect(judge(0, 7, [], 0, unsigned)).toMatchObject({ ok: false, status: 403 })
    const elsewhere = signCheckpoint({ origin: 'other.example', size: 7, root: root(7) }, stranger)
    expect(judge(0, 7, [], 0, elsewhere)).toMatchObject({ ok: false, status: 404 })
  })

  it('is asked for in exactly the lines of the format', () => {
    const body = encodeAddCheckpoint({ old: 7, proof: proof(7, 12), checkpoint: note(12) })
    expect(body.split('\n').slice(0, 2)).toEqual(['old 7', proof(7, 12)[0]?.toString('base64')])
    expect(body.endsWith(`\n\n${note(12)}`)).toBe(true)
    expect(decodeAddCheckpoint(body)).toEqual({ old: 7, proof: proof(7, 12), checkpoint: note(12) })
    const many = Array.from({ length: 64 }, () => root(1))
    for (const bad of [
      body.replace('old 7', 'old 07'),
      body.replace('old 7', 'old -7'),
      body.replace('old 7', 'Old 7'),
      body.replace('\n\n', '\n'),
      encodeAddCheckpoint({ old: 7, proof: many, checkpoint: note(12) }),
      encodeAddCheckpoint({ old: 7, proof: [Buffer.alloc(31)], checkpoint: note(12) }),
    ])
      expect(judgeAddCheckpoint(bad, verifiers, { size: 7, root: root(7) })).toMatchObject({ ok: false, status: 400 })
  })
})
