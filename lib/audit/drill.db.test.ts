import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readIntegrity } from '@/lib/audit/read-integrity'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { watchLedger } from '@/lib/alerts/watch-ledger'
import { fillForDrill, TAMPERINGS } from '@/lib/ledger/drill-testing'
import { verifierOf } from '@/lib/ledger/guard'
import { keepReleased } from '@/lib/ledger/released'
import { tamper, tampered } from '@/lib/ledger/tampering'
import { testLedger } from '@/lib/ledger/testing'
import { lastVerification, verifyAndKeep } from '@/lib/ledger/verification'
import { verifyLedger } from '@/lib/ledger/verify'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const drilled = await fillForDrill(pools, ledger)
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-drill-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const options = { verifier: verifierOf(ledger), keys: ledger.keys }

describe('the tamper drill: as superuser, with every trigger off', () => {
  it.each(TAMPERINGS.map((one) => [one.name, one] as const))('%s is found, and named', async (_, one) => {
    const verdict = await tampered(
      pools.superuser,
      async (client) => {
        await one.change(client, drilled)
      },
      (client) => verifyLedger({ client, ...options, held: one.held ? [drilled.held] : [] }),
    )
    expect(verdict).toMatchObject({ whole: false, fault: one.found, idx: one.at })
  })

  it.each(TAMPERINGS.filter(({ held }) => held).map((one) => [one.name, one] as const))(
    '%s is found by nothing but a checkpoint held outside',
    async (_, one) => {
      const verdict = await tampered(
        pools.superuser,
        async (client) => {
          await one.change(client, drilled)
        },
        (client) => verifyLedger({ client, ...options }),
      )
      expect(verdict).toMatchObject({ whole: true })
    },
  )
})

describe('the walk that the server takes by itself', () => {
  it('keeps that the ledger was whole, and one walks at a time', async () => {
    keepReleased(folder, drilled.held)
    const [one, two] = await Promise.all([
      verifyAndKeep(pools.jobs, ledger, folder),
      verifyAndKeep(pools.jobs, ledger, folder),
    ])
    expect([one, two].filter((verdict) => verdict === null)).toHaveLength(1)
    expect(await lastVerification(pools.app)).toMatchObject({ size: drilled.size, finding: null })
    await expect(transaction((tx) => watchLedger(tx, new Date()))).resolves.toBe(0)
  })

  it('ends without a verdict when it is told to, and keeps none', async () => {
    const stopped = new Error('stopped')
    const before = await lastVerification(pools.app)
    await expect(verifyAndKeep(pools.jobs, ledger, folder, () => Promise.reject(stopped))).rejects.toBe(stopped)
    expect(await lastVerification(pools.app)).toEqual(before)
  })

  it('cannot be overwritten or forged by the login that serves', async () => {
    await expect(pools.app.query('UPDATE ledger.verification SET fault = NULL')).rejects.toThrow(/permission denied/)
    await expect(
      pools.app.query('INSERT INTO ledger.verification (began_at, size, checkpoints, erased) VALUES (now(), 1, 1, 0)'),
    ).rejects.toThrow(/permission denied/)
    await expect(pools.jobs.query('DELETE FROM ledger.verification')).rejects.toThrow(/permission denied/)
    await expect(pools.superuser.query('UPDATE ledger.verification SET fault = NULL')).rejects.toThrow(/only grows/)
  })

  it('finds a log that was cut and signed again, and every page, the integrity page and an alert say so', async () => {
    const cut = TAMPERINGS.find(({ found }) => found === 'cut_off')
    await tamper(pools.superuser, async (client) => {
      await cut?.change(client, drilled)
    })
    expect(await verifyAndKeep(pools.jobs, ledger, folder)).toMatchObject({ whole: false, fault: 'cut_off' })
    const { last } = await readIntegrity(db(), { walk: false })
    expect(last?.finding).toEqual({ words: 'a checkpoint covers more entries than there are', index: 256, entry: null })
    expect(await transaction((tx) => watchLedger(tx, new Date()))).toBe(1)
    const alert = await db().alert.findFirstOrThrow({ where: { kind: 'ledger_broken' } })
    expect(alert.severity).toBe('critical')
  })
})
