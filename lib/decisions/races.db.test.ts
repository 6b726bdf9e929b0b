import { afterAll, describe, expect, it } from 'vitest'
import { samplePerson } from '@/lib/agents/testing'
import { isFault } from '@/lib/core/fault'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { HALT_SCOPES } from '@/lib/halt/halt'
import { testLedger } from '@/lib/ledger/testing'
import { governed } from './governed-testing'
import { lifecycle, READ } from './lifecycle-testing'
import { racing } from './racing-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { race, end } = await racing(database)
afterAll(end)

// The whole of it takes longer: RACES=1000 npx vitest --config .ci/vitest.config.ts run --project db lib/decisions/races.db.test.ts
const RACES = Number(process.env.RACES ?? 210)
const DECIDERS = [64, 8, 32, 2]

describe('a halt is linearizable', () => {
  it(`no allow commits and no grant is used in its scope after it has returned: ${RACES} races of every scope, with up to 64 deciders on two replicas`, async () => {
    const won = new Map<string, { before: number; after: number; elsewhere: number }>()
    for (let n = 0; n < RACES; n++) {
      const { scope, returned, over, seen } = await race(n, DECIDERS[Math.floor(n / 7) % DECIDERS.length] ?? 64)
      expect({ n, scope, ...over }).toEqual({ n, scope, ...returned })
      const after = seen.filter((one) => one.after && one.covered).map(({ said }) => said)
      for (const said of after) expect(said).toMatch(/^halted$|^not used: (halted|revoked|cut off)$/)
      const elsewhere = seen.filter((one) => one.after && !one.covered).map(({ said }) => said)
      for (const said of elsewhere) expect(said).toMatch(/^allow$|^used$|^not used: (revoked|cut off)$|^cannot_record$/)
      const so = won.get(scope) ?? { before: 0, after: 0, elsewhere: 0 }
      so.before += returned.allowed
      so.after += after.length
      so.elsewhere += elsewhere.filter((said) => said === 'allow').length
      won.set(scope, so)
    }
    // the races were races: both sides won some, of every scope, and what was not halted went on
    for (const scope of HALT_SCOPES) {
      expect(won.get(scope)?.before, scope).toBeGreaterThan(0)
      expect(won.get(scope)?.after, scope).toBeGreaterThan(0)
      if (scope !== 'organisation') expect(won.get(scope)?.elsewhere, scope).toBeGreaterThan(0)
    }
    // and every allow is in the ledger as one
    const { rows } = await pools.superuser.query(
      `SELECT (SELECT count(*) FROM action WHERE decision = 'allow') = (SELECT count(*) FROM ledger.entry WHERE kind = 'action.decided' AND outcome = 'allow') AS same`,
    )
    expect(rows).toEqual([{ same: true }])
  }, 900_000)

  it('does not return while a decision that saw no halt is still to commit', async () => {
    const { propose } = lifecycle(database)
    const by = await samplePerson(pools.superuser, ['analyst'])
    await pools.superuser.query(
      `CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END';
       CREATE TRIGGER wait_for_test BEFORE INSERT ON action FOR EACH ROW EXECUTE FUNCTION wait_for_test()`,
    )
    for (;;) {
      const agent = await governed(pools.superuser)
      await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
      const holder = await pools.superuser.connect()
      await holder.query('SELECT pg_advisory_lock(4711)')
      // it has compared the epoch, found no halt, and is about to write
      const deciding = propose(agent, READ).catch(unrecorded)
      await waiting('(classid::bigint << 32 | objid::bigint) = 4711')
      let returned = false
      const engaging = engage({ scope: 'agent', agent: agent.slug, reason: '', by, now: new Date() }).then(() => {
        returned = true
      })
      await waiting('(classid::bigint << 32 | objid::bigint) = gate_key()')
      expect(returned).toBe(false)
      await holder.query('SELECT pg_advisory_unlock(4711)')
      holder.release()
      const decided = await deciding
      await engaging
      expect(await propose(agent, { ...READ, arguments: { id: 'after' } })).toMatchObject({
        reason: { code: 'halted' },
      })
      // it was let go on, and the halt that had waited for too long ended it before it could write: that is another race
      if (decided === null) continue
      expect(decided).toMatchObject({ decision: 'allow' })
      return
    }
  })
})

/** Null for a decision that could not be recorded. @throws what else it failed of */
function unrecorded(error: unknown): null {
  if (!isFault(error) || error.code !== 'cannot_record') throw error
  return null
}

/** Until somebody waits for an advisory lock. */
async function waiting(which: string): Promise<void> {
  for (;;) {
    const { rows } = await pools.superuser.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND ${which}
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
