import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { leafHash as serverLeaf, rootOf } from '@/lib/ledger/merkle'
import { nodePrimitives } from '../node'
import { Tree } from '../tree'
import type { Primitives } from './bytes'
import { isConsistent, isIncluded, leafHash } from './merkle'
import { webPrimitives } from './web'

const web = webPrimitives()
if (!web) throw new Error('this Node has no WebCrypto')
const BOTH: readonly [string, Primitives][] = [
  ['Node’s primitives', nodePrimitives],
  ['WebCrypto', web],
]

describe('the tree in bulk', () => {
  it('has the root of the server’s own tree, whatever edge it begins with', () => {
    const leaves = Array.from({ length: 70 }, (_, i) => serverLeaf(Buffer.from(`entry ${String(i)}`)))
    for (let size = 0; size <= leaves.length; size += 1) {
      const tree = new Tree(0, [])
      for (const leaf of leaves.slice(0, size)) tree.add(leaf.toString('latin1'))
      expect(Buffer.from(tree.root())).toEqual(rootOf(leaves.slice(0, size)))
    }
    expect(() => new Tree(3, [Buffer.alloc(32)])).toThrow(RangeError)
  })
})

describe.each(BOTH)('hashes with %s', (_, primitives) => {
  it('are those of the published constants', async () => {
    expect(Buffer.from(await leafHash(primitives, Buffer.from('L123456'))).toString('hex')).toBe(
      '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56',
    )
  })
})

// Published proofs, valid and broken: transparency-dev/merkle testdata. They stay outside the repository.
const data = process.env['COUNTERSIGN_TEST_DATA']
const vectors = data ? path.join(data, 'rfc6962', 'testdata') : null
const there = vectors !== null && existsSync(vectors)
if (!there)
  console.warn('SKIPPED: published Merkle proofs (set COUNTERSIGN_TEST_DATA to the folder that holds rfc6962/)')

type Vector = {
  leafIdx: number
  treeSize: number
  size1: number
  size2: number
  root: string
  root1: string
  root2: string
  leafHash: string
  proof: string[] | null
  desc: string
  wantErr: boolean
}

describe.skipIf(!there).each(BOTH)('published proofs, with %s', (_, primitives) => {
  const read = (kind: string) =>
    (there ? readdirSync(path.join(vectors, kind), { recursive: true, encoding: 'utf8' }) : [])
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(vectors ?? '', kind, name), 'utf8')) as Vector)
  const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64')
  const proof = (vector: Vector) => (vector.proof ?? []).map(bytes)

  it('inclusion: all valid ones pass and all broken ones fail', async () => {
    const all = read('inclusion')
    expect(all.length).toBeGreaterThan(90)
    for (const v of all) {
      const answer = await isIncluded(primitives, v.leafIdx, v.treeSize, bytes(v.leafHash), proof(v), bytes(v.root))
      expect({ desc: v.desc, answer }).toEqual({ desc: v.desc, answer: !v.wantErr })
    }
  })

  it('consistency: all valid ones pass and all broken ones fail', async () => {
    const all = read('consistency')
    expect(all.length).toBeGreaterThan(90)
    for (const v of all) {
      const answer = await isConsistent(primitives, v.size1, v.size2, proof(v), bytes(v.root1), bytes(v.root2))
      expect({ desc: v.desc, answer }).toEqual({ desc: v.desc, answer: !v.wantErr })
    }
  })
})
