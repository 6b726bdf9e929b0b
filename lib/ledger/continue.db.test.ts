import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { openCheckpoint, signCheckpoint } from '@/lib/ledger/checkpoint'
import { signedTime } from '@/lib/ledger/fresh'
import { checkStanding, verifierOf } from '@/lib/ledger/guard'
import type { Ledger } from '@/lib/ledger/handle'
import { leafHash } from '@/lib/ledger/merkle'
import { entryAt, ledgerStatus, listEntries } from '@/lib/ledger/read'
import { keepReleased, type Released } from '@/lib/ledger/released'
import { continueLog, signatureIn } from '@/lib/ledger/rotate-key'
import { sequenceOnce, signAgain } from '@/lib/ledger/sequence'
import { openLedger } from '@/lib/ledger/start'
import { openSuccession } from '@/lib/ledger/succession'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger } from '@/lib/ledger/verify'

const database = await testDatabase()
const { pools } = database
const first = await testLedger(database)
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-continue-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const sequence = async (ledger: Ledger): Promise<Released> => {
  await append(pools.app, { kind: 'action.expired', actor: 'system' })
  const answer = await sequenceOnce(pools.sequencer, ledger, null)
  if (answer.state !== 'done' || !answer.checkpoint) throw new Error(JSON.stringify(answer))
  return answer.checkpoint
}
const verdict = async (ledger: Ledger, held: string[]) => {
  const client = await pools.app.connect()
  try {
    return await verifyLedger({ client, verifier: verifierOf(ledger), keys: null, held })
  } finally {
    client.release()
  }
}

describe('an idle log', () => {
  it('is signed again with a newer time and nothing else, once it was not for long enough', async () => {
    await sequence(first)
    const before = await ledgerStatus(pools.app)
    expect(await signAgain(pools.sequencer, first, null, 60)).toBe(false)
    await pools.superuser.query("UPDATE ledger.tree_head SET signed_at = now() - interval '10 minutes'")
    expect(await signAgain(pools.sequencer, first, null, 300)).toBe(true)
    const after = await ledgerStatus(pools.app)
    expect({ size: after.size, root: after.root }).toEqual({ size: before.size, root: before.root })
    const [was, is] = [before, after].map(({ checkpoint }) => signedTime(checkpoint ?? '', verifierOf(first)))
    expect(is).toBeGreaterThanOrEqual(was ?? Infinity)
    expect(after.signedAt?.getTime()).toBeGreaterThan(before.signedAt?.getTime() ?? Infinity)
    expect(openCheckpoint(after.checkpoint ?? '', verifierOf(first))).toMatchObject({ ok: true, size: after.size })
  })

  it('whose time was changed says no time', async () => {
    const { checkpoint } = await ledgerStatus(pools.app)
    const lines = (checkpoint ?? '').split('\n')
    const timed = lines.at(-2)?.split(' ') ?? []
    const bytes = Buffer.from(timed[2] ?? '', 'base64')
    bytes.writeBigUInt64BE(BigInt(9_999_999_999), 4)
    lines[lines.length - 2] = `${timed[0]} ${timed[1]} ${bytes.toString('base64')}`
    expect(signedTime(lines.join('\n'), verifierOf(first))).toBeNull()
  })

  it('is not signed again while another checkpoint was let out that it does not hold', async () => {
    const beyond = { origin: first.origin, size: 999, root: leafHash(Buffer.from('lost')), note: '' }
    await pools.superuser.query("UPDATE ledger.tree_head SET signed_at = now() - interval '10 minutes'")
    expect(await signAgain(pools.sequencer, first, beyond, 300)).toBe(false)
  })
})

describe('a log that lost entries', () => {
  const lostRoot = leafHash(Buffer.from('what the backup did not have'))
  const lost = { origin: first.origin, size: 40, root: lostRoot }
  const note = signCheckpoint(lost, first.checkpoint)

  it('goes on under another name, whose first checkpoint covers an entry that names what was lost', async () => {
    const held = await sequence(first)
    keepReleased(folder, note)
    expect(await checkStanding(pools.app, first, folder)).toMatchObject({ ok: false, reason: 'behind' })
    const owner = await pools.owner.connect()
    const signature = signatureIn(note, first.checkpoint)
    const { origin, vkey } = await continueLog(owner, first, { ...lost, note }, signature ?? Buffer.alloc(0))
    owner.release()
    expect(origin).toBe(`${first.origin}/2`)

    const second = await openLedger(pools.app, first.keys)
    if ('message' in second) throw new Error(second.message)
    expect(second.origin).toBe(origin)
    const newest = await sequence(second)
    expect(openCheckpoint(newest.note, verifierOf(second))).toMatchObject({ ok: true, origin, size: held.size + 2 })
    expect(await ledgerStatus(pools.app)).toMatchObject({ origin, vkey })

    const said = await entryAt(pools.app, held.size)
    expect(said?.entry?.kind).toBe('ledger.continued')
    const opened = said?.entry && openSuccession(said.entry)
    expect(opened?.lost).toEqual(lost)
    // The lost checkpoint can be put together again from the entry alone, and its old key's holder knows it.
    const again = `${lost.origin}\n${lost.size}\n${lost.root.toString('base64')}\n\n${note.split('\n').at(-2) ?? ''}\n`
    expect(said?.entry?.succession?.lost?.signature).toBe(signature?.toString('base64'))
    expect(openCheckpoint(again, verifierOf(first))).toMatchObject({ ok: true, size: 40 })
  })

  it('verifies, with the old checkpoints it still holds, and does not pretend to hold the lost one', async () => {
    const second = await openLedger(pools.app, first.keys)
    if ('message' in second) throw new Error(second.message)
    const { entries } = await listEntries(pools.app, { kinds: ['ledger.continued'] })
    const at = entries[0]?.index ?? 0
    expect(await verdict(second, [note])).toMatchObject({ whole: true })
    // Signed under the old name, over the part that was not lost, and other than what is there: still a fault.
    const other = signCheckpoint({ origin: first.origin, size: at, root: lostRoot }, first.checkpoint)
    expect(await verdict(second, [other])).toMatchObject({ whole: false, fault: 'checkpoint_differs' })
    // Beyond what was known to be lost: nobody may have signed that.
    const beyond = signCheckpoint({ origin: first.origin, size: 41, root: lostRoot }, first.checkpoint)
    expect(await verdict(second, [beyond])).toMatchObject({ whole: false, fault: 'checkpoint_unsigned' })
  })
})
