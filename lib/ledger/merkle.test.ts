import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  appendLeaf,
  decodeRange,
  EMPTY_ROOT,
  emptyRange,
  encodeRange,
  leafHash,
  nodeHash,
  rangeRoot,
  rootOf,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from '@/lib/ledger/merkle'
import { consistencyRanges, hashRanges, inclusionRanges, rangeNodes, type NodeId } from '@/lib/ledger/proof'

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`entry ${i}`)))

/** The definition of RFC 9162 §2.1.1, written out: what the fast code is compared with. */
function slowRoot(hashes: readonly Hash[]): Hash {
  if (hashes.length <= 1) return hashes[0] ?? EMPTY_ROOT
  const k = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1)
  return nodeHash(slowRoot(hashes.slice(0, k)), slowRoot(hashes.slice(k)))
}
const nodeIn = ({ level, index }: NodeId) => slowRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))

describe('hashes', () => {
  it('the empty tree, a leaf and a node have the hashes of the published constants', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(leafHash(Buffer.from('')).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    )
    expect(leafHash(Buffer.from('L123456')).toString('hex')).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    )
    expect(nodeHash(Buffer.from('N123'), Buffer.from('N456')).toString('hex')).toBe(
      'aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb',
    )
  })
})

describe('compact range', () => {
  it('has the root of the definition at every size', () => {
    const range = emptyRange()
    leaves.forEach((leaf, i) => {
      expect(rangeRoot(range)).toEqual(slowRoot(leaves.slice(0, i)))
      appendLeaf(range, leaf)
    })
  })

  it('survives being written and read, and refuses bytes of another size', () => {
    for (let size = 0; size < leaves.length; size += 1) {
      const range = emptyRange()
      leaves.slice(0, size).forEach((leaf) => {
        appendLeaf(range, leaf)
      })
      const again = decodeRange(size, encodeRange(range))
      appendLeaf(again, leaves[size] as Hash)
      expect(rangeRoot(again)).toEqual(rootOf(leaves.slice(0, size + 1)))
      expect(() => decodeRange(size, Buffer.concat([encodeRange(range), Buffer.alloc(32)]))).toThrow(RangeError)
    }
  })
})

describe('proofs', () => {
  it('every leaf of every tree has an inclusion proof, for its own index alone', () => {
    for (let size = 1; size <= 40; size += 1) {
      const root = rootOf(leaves.slice(0, size))
      for (let index = 0; index < size; index += 1) {
        const proof = hashRanges(inclusionRanges(index, size), nodeIn)
        expect(verifyInclusion(index, size, leaves[index] as Hash, proof, root)).toBe(true)
        for (let other = 0; other < size; other += 1) {
          if (other !== index) expect(verifyInclusion(other, size, leaves[index] as Hash, proof, root)).toBe(false)
        }
        proof.forEach((_, i) => {
          const broken = proof.map((hash, j) => (i === j ? flip(hash) : hash))
          expect(verifyInclusion(index, size, leaves[index] as Hash, broken, root)).toBe(false)
        })
      }
    }
  })

  it('every tree is proved to be a prefix of every larger one, and of no tree that differs', () => {
    for (let size2 = 1; size2 <= 40; size2 += 1) {
      for (let size1 = 1; size1 <= size2; size1 += 1) {
        const proof = hashRanges(consistencyRanges(size1, size2), nodeIn)
        const root1 = rootOf(leaves.slice(0, size1))
        const root2 = rootOf(leaves.slice(0, size2))
        expect(verifyConsistency(size1, size2, proof, root1, root2)).toBe(true)
        expect(verifyConsistency(size1, size2, proof, flip(root1), root2)).toBe(false)
        expect(verifyConsistency(size1, size2, proof, root1, flip(root2))).toBe(false)
        if (size1 > 1) expect(verifyConsistency(size1 - 1, size2, proof, root1, root2)).toBe(false)
      }
    }
  })

  it('a range far beyond 32 bits is cut into the same subtrees', () => {
    const start = 2 ** 40
    expect(rangeNodes({ start, end: start + 2 ** 34 + 1 })).toEqual([
      { level: 34, index: 2 ** 6 },
      { level: 0, index: start + 2 ** 34 },
    ])
  })
})

function flip(hash: Hash): Hash {
  const copy = Buffer.from(hash)
  copy[7] = (copy[7] ?? 0) ^ 0x10
  return copy
}

// Published proofs, valid and broken: transparency-dev/merkle testdata. They stay outside the repository.
const data = process.env['COUNTERSIGN_TEST_DATA']
const vectors = data ? path.join(data, 'rfc6962', 'testdata') : null
if (!vectors || !existsSync(vectors)) {
  console.warn('SKIPPED: published Merkle proofs (set COUNTERSIGN_TEST_DATA to the folder that holds rfc6962/)')
}

interface Vector {
  leafIdx: number
  treeSize: number
  size1: number
  size2: number
  root: string
  root1: string
  root2: string
  leafHash: string
  proof: string[] | null
  start: number
  end: number
  size: number
  desc: string
  wantErr: boolean
}

describe.skipIf(!vectors || !existsSync(vectors))('published proofs', () => {
  const read = (kind: string) =>
    (vectors && existsSync(vectors) ? readdirSync(path.join(vectors, kind), { recursive: true, encoding: 'utf8' }) : [])
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(vectors as string, kind, name), 'utf8')) as Vector)
  const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64')
  const proof = (vector: Vector) => (vector.proof ?? []).map(bytes)

  it('inclusion: all valid ones pass and all broken ones fail', () => {
    const all = read('inclusion')
    expect(all.length).toBeGreaterThan(90)
    for (const v of all) {
      const answer = verifyInclusion(v.leafIdx, v.treeSize, bytes(v.leafHash), proof(v), bytes(v.root))
      expect({ desc: v.desc, answer }).toEqual({ desc: v.desc, answer: !v.wantErr })
    }
  })

  it('consistency: all valid ones pass and all broken ones fail', () => {
    const all = read('consistency')
    expect(all.length).toBeGreaterThan(90)
    for (const v of all) {
      const answer = verifyConsistency(v.size1, v.size2, proof(v), bytes(v.root1), bytes(v.root2))
      expect({ desc: v.desc, answer }).toEqual({ desc: v.desc, answer: !v.wantErr })
    }
  })

  // A subtree that begins at 0 is a tree, and its proofs are ours; those that begin elsewhere we neither make nor take, nor an empty first one.
  it('subtrees from the beginning: all valid proofs pass and all broken ones fail', () => {
    const [inclusion, consistency] = [read('subtreeinclusion'), read('subtreeconsistency')].map((all) =>
      all.filter(({ start, end }) => start === 0 && end > 0),
    ) as [Vector[], Vector[]]
    expect(inclusion.length).toBeGreaterThan(90)
    expect(consistency.length).toBeGreaterThan(90)
    for (const v of inclusion) {
      const answer = verifyInclusion(v.leafIdx, v.end, bytes(v.leafHash), proof(v), bytes(v.root))
      expect({ desc: v.desc, answer }).toEqual({ desc: v.desc, answer: !v.wantErr })
    }
    for (const v of consistency) {
      const answer = verifyConsistency(v.end, v.size, proof(v), bytes(v.root1), bytes(v.root2))
      expect({ desc: v.desc, answer }).toEqual({ desc: v.desc, answer: !v.wantErr })
    }
  })
})
