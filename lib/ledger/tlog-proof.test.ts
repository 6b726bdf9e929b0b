import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeBundle, encodeBundle } from '@/lib/ledger/bundle'
import { signCheckpoint } from '@/lib/ledger/checkpoint'
import { leafHash, rootOf, type Hash } from '@/lib/ledger/merkle'
import { noteSigner, parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { hashRanges, inclusionRanges } from '@/lib/ledger/proof'
import { parseTilePath, tilePath } from '@/lib/ledger/tile-path'
import { decodeTlogProof, encodeTlogProof, verifyTlogProof } from '@/lib/ledger/tlog-proof'

const signer = noteSigner('log.example/one', generateKeyPairSync('ed25519').privateKey)
const verifier = parseVkey(vkeyOf(signer)) as NoteVerifier
const leaves = Array.from({ length: 11 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)))
const checkpoint = signCheckpoint({ origin: signer.name, size: leaves.length, root: rootOf(leaves) }, signer)
const pathOf = (index: number) =>
  hashRanges(inclusionRanges(index, leaves.length), ({ level, index: i }) =>
    rootOf(leaves.slice(i * 2 ** level, (i + 1) * 2 ** level)),
  )

describe('a proof file', () => {
  it('has the lines of the format, in their order', () => {
    const text = encodeTlogProof({ index: 3, path: pathOf(3), checkpoint, extra: Buffer.from('more') })
    const lines = text.split('\n')
    expect(lines.slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', 'extra bW9yZQ==', 'index 3'])
    expect(lines.slice(3, 7)).toEqual(pathOf(3).map((hash) => hash.toString('base64')))
    expect(lines[7]).toBe('')
    expect(text.endsWith(checkpoint)).toBe(true)
  })

  it('proves every entry of a tree, and no entry with another leaf', () => {
    leaves.forEach((leaf, index) => {
      const text = encodeTlogProof({ index, path: pathOf(index), checkpoint })
      expect(decodeTlogProof(text)).toEqual({ index, path: pathOf(index), checkpoint })
      expect(verifyTlogProof(text, leaf, verifier)).toMatchObject({ ok: true, size: 11 })
      expect(verifyTlogProof(text, leafHash(Buffer.from('other')), verifier)).toEqual({
        ok: false,
        reason: 'not_included',
      })
    })
  })

  it('is refused with any one byte changed', () => {
    const text = encodeTlogProof({ index: 6, path: pathOf(6), checkpoint })
    for (let at = 0; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
      expect({ at, ...verifyTlogProof(changed, leaves[6] as Hash, verifier) }).toMatchObject({ at, ok: false })
    }
  })

  it.each([
    ['another header', (t: string) => t.replace('@v1', '@v2')],
    ['an index with a zero in front', (t: string) => t.replace('index 6', 'index 06')],
    ['no index', (t: string) => t.replace('index 6\n', '')],
    ['a hash that is too short', (t: string) => t.replace('index 6\n', 'index 6\nAAAA\n')],
    ['no empty line', (t: string) => t.replace('\n\n', '\n')],
    ['an end cut off', (t: string) => t.slice(0, -1)],
  ])('is malformed with %s', (_, change) => {
    const text = change(encodeTlogProof({ index: 6, path: pathOf(6), checkpoint }))
    expect(verifyTlogProof(text, leaves[6] as Hash, verifier)).toMatchObject({ ok: false })
  })
})

describe('the address of a tile', () => {
  it.each([
    [{ level: 0, n: 1_234_067, width: 256 }, '0/x001/x234/067'],
    [{ level: 0, n: 0, width: 1 }, '0/000.p/1'],
    [{ level: 2, n: 1_000, width: 112 }, '2/x001/000.p/112'],
    [{ level: 'entries', n: 999, width: 256 }, 'entries/999'],
    [{ level: 'entries', n: 70_000, width: 255 }, 'entries/x070/000.p/255'],
    [{ level: 63, n: 0, width: 256 }, '63/000'],
  ] as const)('%o is %s, both ways', (address, text) => {
    expect(tilePath(address)).toBe(text)
    expect(parseTilePath(text)).toEqual(address)
  })

  it.each([
    '',
    '0',
    '0/',
    '0/0',
    '0/00',
    '0/0000',
    '00/000',
    '64/000',
    '-1/000',
    '0/x000/001',
    '0/001/002',
    '0/x001/x002',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '0/000.p',
    '0/000.p/1/2',
    'entries/000.p/300',
    'entry/000',
    '0/../000',
    '0/x999/x999/x999/x999/x999/999',
  ])('%s names nothing', (text) => {
    expect(parseTilePath(text)).toBeNull()
  })
})

describe('an entry bundle', () => {
  it('is each length in two bytes and then the entry, and reads back', () => {
    const entries = [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(0xffff, 7)]
    const bundle = encodeBundle(entries)
    expect(bundle.subarray(0, 5)).toEqual(Buffer.from([0, 1, 0x61, 0, 0]))
    expect(decodeBundle(bundle)).toEqual(entries)
    expect(decodeBundle(bundle.subarray(0, -1))).toBeNull()
    expect(() => encodeBundle([Buffer.alloc(0x10000)])).toThrow(RangeError)
  })
})
