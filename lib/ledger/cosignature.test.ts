import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openCheckpoint, signCheckpoint } from '@/lib/ledger/checkpoint'
import {
  cosign,
  cosignerVkey,
  openCosignatures,
  parseCosignerVkey,
  withSignatures,
  type Cosigner,
} from '@/lib/ledger/cosignature'
import { rootOf } from '@/lib/ledger/merkle'
import { noteSigner, parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { tlogPolicy } from '@/lib/ledger/policy'

const log = noteSigner('log.example/one', generateKeyPairSync('ed25519').privateKey)
const keys = ['witness.example/w1', 'witness.example/w2'].map((name) => ({
  name,
  privateKey: generateKeyPairSync('ed25519').privateKey,
}))
const cosigners = keys.map((key) => parseCosignerVkey(cosignerVkey(key)) as Cosigner)
const note = signCheckpoint({ origin: log.name, size: 5, root: rootOf([]) }, log)
const text = note.slice(0, note.lastIndexOf('\n\n') + 1)
const cosigned = withSignatures(
  note,
  keys.map((key, i) => cosign(text, 1_700_000_000 + i, key)),
)

describe('a cosignature', () => {
  it('is found on the checkpoint with its time, and leaves the checkpoint as valid as before', () => {
    expect(openCosignatures(cosigned, cosigners)?.map(({ name, time }) => ({ name, time }))).toEqual([
      { name: 'witness.example/w1', time: 1_700_000_000 },
      { name: 'witness.example/w2', time: 1_700_000_001 },
    ])
    expect(openCheckpoint(cosigned, parseVkey(vkeyOf(log)) as NoteVerifier)).toMatchObject({ ok: true, size: 5 })
  })

  it('has a key id of its own type: the same key as a note key is another key', () => {
    const [key] = keys
    if (!key) throw new Error()
    expect(cosignerVkey(key)).not.toBe(vkeyOf(noteSigner(key.name, key.privateKey)))
    expect(parseVkey(cosignerVkey(key))).toBeNull()
    expect(parseCosignerVkey(vkeyOf(log))).toBeNull()
  })

  it('by a stranger is ignored; one by a known witness that does not hold refuses them all', () => {
    expect(openCosignatures(cosigned, cosigners.slice(1))?.map(({ name }) => name)).toEqual(['witness.example/w2'])
    expect(openCosignatures(cosigned, [])).toEqual([])
    expect(openCosignatures(cosigned.replace('\n5\n', '\n6\n'), cosigners)).toBeNull()
    const other = signCheckpoint({ origin: log.name, size: 6, root: rootOf([]) }, log)
    const moved = withSignatures(other, [cosign(text, 1_700_000_000, keys[0] as (typeof keys)[0])])
    expect(openCosignatures(moved, cosigners)).toBeNull()
  })

  it('with its time changed does not hold', () => {
    const line = cosign(text, 1_700_000_000, keys[0] as (typeof keys)[0])
    const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64')
    bytes.writeBigUInt64BE(1_700_000_001n, 4)
    const changed = `${line.split(' ').slice(0, 2).join(' ')} ${bytes.toString('base64')}`
    expect(openCosignatures(withSignatures(note, [changed]), cosigners)).toBeNull()
  })

  it('is added once', () => {
    const line = cosign(text, 1_700_000_000, keys[0] as (typeof keys)[0])
    expect(withSignatures(withSignatures(note, [line]), [line])).toBe(`${note}${line}\n`)
  })

  it('of the published example is read and held against its key id', () => {
    // C2SP tlog-cosignature: the line of its example; its key is not published, its layout is.
    const line =
      '\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=='
    const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64')
    expect(bytes.length).toBe(76)
    expect(Number(bytes.readBigUInt64BE(4))).toBe(1_679_315_147)
  })
})

describe('a trust policy', () => {
  it('names log, witnesses and the quorum of any one of them', () => {
    const vkey = vkeyOf(log)
    expect(tlogPolicy({ vkeys: [vkey], url: null }, [])).toBe(`log ${vkey}\nquorum none\n`)
    const [one, two] = keys.map((key) => ({ vkey: cosignerVkey(key), url: 'https://w.example/' }))
    if (!one || !two) throw new Error()
    expect(tlogPolicy({ vkeys: [vkey], url: 'https://a/log/' }, [one, two])).toBe(
      `log ${vkey} https://a/log/\nwitness w1 ${one.vkey} https://w.example/\nwitness w2 ${two.vkey} https://w.example/\n` +
        'group witnesses any w1 w2\nquorum witnesses\n',
    )
    expect(tlogPolicy({ vkeys: [vkey], url: null }, [{ vkey: one.vkey }])).toBe(
      `log ${vkey}\nwitness w1 ${one.vkey}\nquorum w1\n`,
    )
  })
})
