import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '@/lib/ledger/checkpoint'
import { EMPTY_ROOT, leafHash, rootOf } from '@/lib/ledger/merkle'
import { noteSigner, openNote, parseVkey, signNote, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { openReceipt, signReceipts } from '@/lib/ledger/receipt'

const seed = (byte: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]),
    format: 'der',
    type: 'pkcs8',
  })
const origin = 'countersign/log/1'
const signer = noteSigner(origin, seed(7))
const other = noteSigner('witness', seed(8))
const verifierOf = (vkey: string): NoteVerifier => {
  const verifier = parseVkey(vkey)
  if (!verifier) throw new Error(`not a vkey: ${vkey}`)
  return verifier
}
const known = verifierOf(vkeyOf(signer))
const witness = verifierOf(vkeyOf(other))

describe('a verifier key', () => {
  it('carries name, key id and public key, and is read back', () => {
    expect(vkeyOf(signer)).toMatch(/^countersign\/log\/1\+[0-9a-f]{8}\+AQ?[A-Za-z0-9+/]+=*$/)
    expect(known.keyId).toEqual(signer.keyId)
  })

  it('the published example is read, and its note opens', () => {
    // C2SP signed-note.md, "Example"
    const published = parseVkey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
    expect(published?.keyId.toString('hex')).toBe('c74f20a3')
    const note =
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n\n" +
      '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
    expect(published && openNote(note, [published])).toMatchObject({ ok: true })
    expect(published && openNote(note.replace('know', 'knew'), [published])).toEqual({
      ok: false,
      reason: 'bad_signature',
    })
  })

  it.each([
    '',
    'a+b',
    'name+00000000+AQ==',
    vkeyOf(signer).replace('countersign', 'countersing'),
    `${vkeyOf(signer)} `,
  ])('refuses %j', (text) => {
    expect(parseVkey(text)).toBeNull()
  })

  it('no name with a space or a plus sign can sign, and no other kind of key', () => {
    expect(() => noteSigner('a b', seed(1))).toThrow(TypeError)
    expect(() => noteSigner('a+b', seed(1))).toThrow(TypeError)
    expect(() => noteSigner('a', generateKeyPairSync('x25519').privateKey)).toThrow(TypeError)
  })
})

describe('a signed note', () => {
  const note = signNote('one\n\ntwo\n', [signer, other])

  it('opens for either key, and says who signed', () => {
    expect(openNote(note, [known])).toEqual({ ok: true, text: 'one\n\ntwo\n', signedBy: [origin] })
    expect(openNote(note, [known, witness])).toMatchObject({ signedBy: [origin, 'witness'] })
  })

  it('one changed letter is refused', () => {
    expect(openNote(note.replace('one', 'ore'), [known])).toEqual({ ok: false, reason: 'bad_signature' })
  })

  it('a signature by an unknown key is ignored, and is not enough', () => {
    expect(openNote(signNote('x\n', [other]), [known])).toEqual({ ok: false, reason: 'no_known_signature' })
    const stranger = noteSigner(origin, seed(9)) // the same name, another key id
    expect(openNote(signNote('x\n', [stranger]), [known])).toEqual({ ok: false, reason: 'no_known_signature' })
  })

  it('a bad signature by a known key refuses the note, even beside a good one by another', () => {
    const good = signNote('x\n', [signer])
    const forged = signNote('y\n', [other]).split('\n\n')[1] ?? ''
    expect(openNote(good + forged, [known, witness])).toEqual({ ok: false, reason: 'bad_signature' })
    expect(openNote(good + forged, [known])).toMatchObject({ ok: true })
  })

  it.each([
    ['no signature at all', 'text\n\n'],
    ['no blank line', `text\n\u2014 ${origin} AAAAAAAA\n`],
    ['no newline at the end', note.slice(0, -1)],
    ['a hyphen for the dash', note.replaceAll('\u2014', '-')],
    ['a control character', note.replace('one', 'o\u0000e')],
    ['a carriage return', note.replaceAll('\n', '\r\n')],
    ['base64 that is not canonical', note.replace(/=\n$/, '\n')],
  ])('%s is malformed', (_, text) => {
    expect(openNote(text, [known])).toEqual({ ok: false, reason: 'malformed' })
  })

  it('text that a note cannot carry is not signed', () => {
    for (const text of ['no newline', 'a\u0007b\n', '\ud800\n'])
      expect(() => signNote(text, [signer])).toThrow(TypeError)
  })
})

describe('a checkpoint', () => {
  const note = signCheckpoint({ origin, size: 42, root: EMPTY_ROOT }, signer)

  it('opens with the log\u2019s key alone', () => {
    expect(openCheckpoint(note, known)).toEqual({ ok: true, origin, size: 42, root: EMPTY_ROOT })
    expect(openCheckpoint(note, witness)).toEqual({ ok: false, reason: 'no_known_signature' })
  })

  it('of another log under our key is refused', () => {
    const foreign = signCheckpoint({ origin: 'another/log', size: 1, root: EMPTY_ROOT }, signer)
    expect(openCheckpoint(foreign, known)).toEqual({ ok: false, reason: 'other_origin' })
  })

  it('may carry extension lines', () => {
    expect(parseCheckpoint(`${origin}\n1\n${EMPTY_ROOT.toString('base64')}\nmore\n`)).toMatchObject({ size: 1 })
  })

  it.each([
    `\n1\n${EMPTY_ROOT.toString('base64')}\n`,
    `o\n01\n${EMPTY_ROOT.toString('base64')}\n`,
    `o\n-1\n${EMPTY_ROOT.toString('base64')}\n`,
    `o\n99999999999999999999\n${EMPTY_ROOT.toString('base64')}\n`,
    `o\n1\n${EMPTY_ROOT.toString('base64').slice(4)}\n`,
    `o\n1\n${EMPTY_ROOT.toString('base64')}`,
    `o\n1\n${EMPTY_ROOT.toString('base64')}\n\nx\n`,
  ])('%j is none', (text) => {
    expect(parseCheckpoint(text)).toBeNull()
  })
})

describe('a receipt', () => {
  const receiptKey = noteSigner(`${origin}/receipt`, seed(11))
  const verifier = verifierOf(vkeyOf(receiptKey))
  const time = '2026-11-20T12:00:00.000Z'
  const batch = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      id: `019a0000-0000-7000-8000-${String(i).padStart(12, '0')}`,
      leaf: leafHash(Buffer.from(`entry ${i}`)),
    }))

  it('of every entry of every batch opens, under one signature', () => {
    for (const size of [1, 2, 3, 7, 64, 65]) {
      const receipts = signReceipts(batch(size), time, receiptKey)
      expect(new Set(receipts.map((receipt) => receipt.split('\u2014')[1])).size).toBe(1)
      receipts.forEach((receipt, i) => {
        expect(openReceipt(receipt, verifier)).toEqual({
          ok: true,
          entryId: batch(size)[i]?.id,
          leaf: batch(size)[i]?.leaf,
          time,
        })
      })
      const root = rootOf(batch(size).map((entry) => entry.leaf)).toString('base64')
      expect(receipts[0]).toContain(`\n${size}\n${root}\n`)
    }
    expect(signReceipts([], time, receiptKey)).toEqual([])
  })

  it('with another leaf, index or time is refused', () => {
    const [first = '', second = ''] = signReceipts(batch(5), time, receiptKey)
    const leaf = leafHash(Buffer.from('another')).toString('base64')
    expect(openReceipt(first.replace(/\nleaf .*/, `\nleaf ${leaf}`), verifier)).toEqual({
      ok: false,
      reason: 'not_in_batch',
    })
    expect(openReceipt(second.replace('index 1', 'index 0'), verifier)).toEqual({ ok: false, reason: 'not_in_batch' })
    expect(openReceipt(first.replace('12:00', '11:00'), verifier)).toEqual({ ok: false, reason: 'bad_signature' })
    expect(openReceipt(first.replace('entry 019', 'entry x19'), verifier)).toEqual({ ok: false, reason: 'malformed' })
    expect(openReceipt('', verifier)).toEqual({ ok: false, reason: 'malformed' })
  })
})
