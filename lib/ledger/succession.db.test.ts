import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { openCheckpoint, signCheckpoint } from '@/lib/ledger/checkpoint'
import { checkStanding, verifierOf } from '@/lib/ledger/guard'
import { ledgerOf, type Ledger } from '@/lib/ledger/handle'
import { parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { ledgerStatus } from '@/lib/ledger/read'
import { readKeyChain, readSuccessionNotes } from '@/lib/ledger/read-keys'
import { keepReleased, readReleased, type Released } from '@/lib/ledger/released'
import { rotateKey } from '@/lib/ledger/rotate-key'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { openLedger } from '@/lib/ledger/start'
import { followSuccession, signSuccession } from '@/lib/ledger/succession'
import { tampered } from '@/lib/ledger/tampering'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger, type Verdict } from '@/lib/ledger/verify'

const database = await testDatabase()
const { pools } = database
const first = await testLedger(database)
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-succession-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const newKey = () => generateKeyPairSync('ed25519').privateKey
const withKey = (ledger: Ledger, checkpoint: KeyObject) => ({ ...ledger.keys, checkpoint })
const record = () => append(pools.app, { kind: 'action.expired', actor: 'system' })
const asOwner = async <T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> => {
  const client = await pools.owner.connect()
  try {
    return await work(client)
  } finally {
    client.release()
  }
}
const sequence = async (ledger: Ledger): Promise<Released> => {
  await record()
  const answer = await sequenceOnce(pools.sequencer, ledger, null)
  if (answer.state !== 'done' || !answer.checkpoint) throw new Error(JSON.stringify(answer))
  return answer.checkpoint
}
const verdict = async (verifier: NoteVerifier, held: string[] = []): Promise<Verdict> => {
  const client = await pools.app.connect()
  try {
    return await verifyLedger({ client, verifier, keys: null, held })
  } finally {
    client.release()
  }
}
const opened = async (keys: Ledger['keys']): Promise<Ledger> => {
  const answer = await openLedger(pools.app, keys)
  if ('message' in answer) throw new Error(answer.message)
  return answer
}

const old = await sequence(first)
const secondKey = newKey()
const secondVkey = await asOwner((client) => rotateKey(client, first, secondKey))

describe('a new signing key', () => {
  it('stops whoever still has the old one, at once and at the next start', async () => {
    await record()
    expect(await sequenceOnce(pools.sequencer, first, old)).toMatchObject({
      state: 'stopped',
      standing: { reason: 'superseded' },
    })
    expect(await openLedger(pools.app, first.keys)).toMatchObject({ code: 'other_signing_keys' })
  })

  it('signs from the entry that names it on, and old checkpoints still verify', async () => {
    const second = await opened(withKey(first, secondKey))
    const newest = await sequence(second)
    expect(vkeyOf(second.checkpoint)).toBe(secondVkey)
    expect((await ledgerStatus(pools.app)).vkey).toBe(secondVkey)
    expect(openCheckpoint(newest.note, verifierOf(first))).toMatchObject({ ok: false })
    expect(openCheckpoint(newest.note, verifierOf(second))).toMatchObject({ ok: true })
    for (const known of [first, second]) {
      expect(await verdict(verifierOf(known), [old.note, newest.note])).toMatchObject({ whole: true })
    }
  })

  it('does not make what was released under the old one unreadable', async () => {
    const second = await opened(withKey(first, secondKey))
    keepReleased(folder, old.note)
    expect(readReleased(folder, second.verifiers)).toMatchObject({ ok: true, released: { size: old.size } })
    expect(await checkStanding(pools.app, second, folder)).toMatchObject({ ok: true })
  })

  it('is named by an entry that anybody can check who knows either key', async () => {
    const [note = ''] = await readSuccessionNotes(pools.app)
    expect(followSuccession(note, verifierOf(first))?.vkey).toBe(secondVkey)
    expect(followSuccession(note, parseVkey(secondVkey) as NoteVerifier)).toBeNull()
    for (let at = 0; at < note.length - 1; at += 1) {
      if (note[at + 1] === '=' || note[at] === '=') continue // spare bits of base64
      const changed = note.slice(0, at) + (note[at] === 'A' ? 'B' : 'A') + note.slice(at + 1)
      expect({ at, followed: followSuccession(changed, verifierOf(first)) }).toEqual({ at, followed: null })
    }
  })

  it('may not sign what lies before it, nor the old one what lies after', async () => {
    const second = ledgerOf(first.origin, withKey(first, secondKey))
    const chain = await readKeyChain(pools.app, verifierOf(second))
    expect(chain?.keys.map(({ from, until }) => ({ from, until }))).toEqual([
      { from: 0, until: old.size },
      { from: old.size + 1, until: null },
    ])
    const forged = [
      signCheckpoint({ ...old }, second.checkpoint),
      signCheckpoint({ ...old, size: old.size + 2 }, first.checkpoint),
    ]
    for (const note of forged) {
      expect(await verdict(verifierOf(second), [note])).toMatchObject({ whole: false, fault: 'checkpoint_unsigned' })
    }
  })

  it('cannot be slipped in: by the app at all, by a superuser without being found', async () => {
    await expect(
      pools.app.query(
        "INSERT INTO ledger.succession (n, entry_id, old_vkey, new_vkey) VALUES (9, gen_random_uuid(), 'a', 'b')",
      ),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(pools.owner.query('DELETE FROM ledger.succession')).rejects.toMatchObject({ code: '42501' })
    const second = verifierOf(ledgerOf(first.origin, withKey(first, secondKey)))
    const look = (client: pg.ClientBase) => verifyLedger({ client, verifier: second, keys: null })
    for (const change of [
      "UPDATE ledger.succession SET old_vkey = 'x'",
      'DELETE FROM ledger.succession',
      "INSERT INTO ledger.succession (n, entry_id, old_vkey, new_vkey) VALUES (9, gen_random_uuid(), 'a', 'b')",
    ]) {
      const found = await tampered(
        pools.superuser,
        async (client) => {
          await client.query(change)
        },
        look,
      )
      // The columns are a shortcut: what counts are the entry and its signatures.
      if (change.startsWith('UPDATE')) expect(found).toMatchObject({ whole: true })
      else expect(found).toMatchObject({ whole: false })
    }
  })

  it('of an entry that nobody signed is a fault with a place', async () => {
    const stranger = ledgerOf(first.origin, withKey(first, newKey()))
    const id = newId()
    // The server's own login may write any entry: this one is signed by a stranger's key as the old one.
    await append(pools.app, {
      id,
      kind: 'ledger.key_rotated',
      actor: 'system',
      succession: signSuccession(id, stranger.checkpoint, first.checkpoint),
    })
    const second = await opened(withKey(first, secondKey))
    await sequence(second)
    expect(await verdict(verifierOf(second))).toMatchObject({ whole: false, fault: 'key_unsigned', entryId: id })
  })
})
