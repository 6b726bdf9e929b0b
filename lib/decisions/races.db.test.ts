import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { isFault } from '@/lib/core/fault'
import { testDatabase } from '@/lib/db/testing'
import { applyChange } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { engage } from '@/lib/halt/engage'
import { samplePerson } from '@/lib/agents/testing'
import { Decider } from './decide'
import { governed } from './governed-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const publicUrl = () => new URL('http://localhost:3000')
// two replicas: each its own pool, its own memory
const replicas = [0, 1].map(() => new pg.Pool({ connectionString: database.urls.app, max: 8 }))
afterAll(() => Promise.all(replicas.map((each) => each.end())))
const deciders = replicas.map((connections) => new Decider({ connections, publicUrl }))

const RACES = 200
const DECIDERS = 16

describe('a halt is linearizable', () => {
  it(`no allow commits after an engage has returned, in ${RACES} races with ${DECIDERS} deciders on two replicas`, async () => {
    const agents = await Promise.all(Array.from({ length: 4 }, () => governed(pools.superuser)))
    const by = await samplePerson(pools.superuser, ['analyst'])
    let allowed = 0
    let halted = 0
    for (let race = 0; race < RACES; race++) {
      const whole = race % 2 === 0
      const target = agents[race % agents.length]!
      let over = false
      const answers: { decision: string; code: string; startedAfter: boolean }[] = []
      const deciding = Array.from({ length: DECIDERS }, async (_, i) => {
        const agent = whole ? agents[i % agents.length]! : target
        // until the halt has been seen by each
        for (;;) {
          const startedAfter = over
          try {
            const decided = await deciders[i % 2]!.decide(agent.caller, {
              tool: 'crm.get_order',
              arguments: { race, i },
            })
            if (!('answer' in decided)) throw new Error('it was asked for before')
            answers.push({ decision: decided.answer.decision, code: decided.answer.reason.code, startedAfter })
          } catch (error) {
            // refused rather than recorded is no allow either
            if (!isFault(error) || error.code !== 'cannot_record') throw error
          }
          if (startedAfter) return
        }
      })
      await new Promise((resolve) => setTimeout(resolve, race % 7))
      const { id } = await engage({
        scope: whole ? 'organisation' : 'agent',
        agent: whole ? undefined : target.slug,
        reason: '',
        by,
        now: new Date(),
      })
      const returned = await pools.superuser.query<{ epoch: string; seen: string }>(
        // what has committed by now, as anybody may see it
        `SELECT epoch::text AS epoch, (SELECT count(*) FROM action WHERE decision = 'allow')::text AS seen FROM halt WHERE id = $1`,
        [id],
      )
      over = true
      await Promise.all(deciding)
      const { epoch, seen } = returned.rows[0]!
      const later = await pools.superuser.query<{ count: string; newer: string }>(
        `SELECT count(*)::text AS count, count(*) FILTER (WHERE epoch >= $1)::text AS newer FROM action WHERE decision = 'allow'`,
        [epoch],
      )
      expect(later.rows[0]).toEqual({ count: seen, newer: '0' })
      for (const answer of answers.filter(({ startedAfter }) => startedAfter))
        expect(answer).toMatchObject({ decision: 'forbid', code: 'halted' })
      allowed += answers.filter(({ decision }) => decision === 'allow').length
      halted += answers.filter(({ code }) => code === 'halted').length
      await liftNow(id, by)
    }
    // the races were races: both sides won some
    expect(allowed).toBeGreaterThan(RACES)
    expect(halted).toBeGreaterThan(RACES)
    // and every allow is in the ledger as one
    const { rows } = await pools.superuser.query(
      `SELECT (SELECT count(*) FROM action WHERE decision = 'allow') = (SELECT count(*) FROM ledger.entry WHERE kind = 'action.decided' AND outcome = 'allow') AS same`,
    )
    expect(rows).toEqual([{ same: true }])
  }, 240_000)
})

/** Two people agreed, written as the superuser; the gate then lifts it as it would for the console. */
async function liftNow(haltId: string, by: string): Promise<void> {
  const approval = newId()
  const digest = Buffer.alloc(32, 1)
  const other = await samplePerson(pools.superuser, ['analyst'])
  await pools.superuser.query(
    `INSERT INTO approval (id, kind, subject_id, digest, status, seats, rule, expires_at, closed_at) VALUES ($1, 'halt_lift', $2, $3, 'approved', 2, '{}', now(), now())`,
    [approval, haltId, digest],
  )
  for (const person of [by, other]) {
    await pools.superuser.query(
      `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', '', $4)`,
      [newId(), approval, person, digest],
    )
  }
  const entry = await prepareEntry(pools.app, { kind: 'halt.lifted', actor: `person:${by}`, about: { halt: haltId } })
  expect(
    await applyChange('halt.lift', { id: haltId, reason: 'over', by }, { ...entry, projection: null }),
  ).toMatchObject({ applied: true })
}
