import { describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { Decider } from '@/lib/decisions/decide'
import { governed } from '@/lib/decisions/governed-testing'
import { testLedger } from '@/lib/ledger/testing'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { decisionHours } from './decision-hours'
import { isBeginning } from './posture'
import { readPosture } from './read'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const administrator = await testOrganisation()
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })

describe('posture', () => {
  it('at first is a beginning, with every step still to take', async () => {
    const posture = await readPosture(db(), administrator, new Date())
    expect(isBeginning(posture.firstSteps)).toBe(true)
    expect(posture.firstSteps.map(({ done }) => done)).toEqual([false, false, false, false, false])
    expect(posture.waiting).toEqual([])
  })

  it('counts what was decided, and lists what waits, for whoever may see it', async () => {
    const agent = await governed(pools.superuser)
    await testPerson(['ciso'])
    const analyst = await testPerson(['analyst'])
    for (const tool of ['crm.get_order', 'crm.get_order', 'edr.isolate_host', 'crm.delete_all'])
      await decider.decide(agent.caller, { tool, arguments: {} })
    const posture = await readPosture(db(), analyst, new Date())
    const total = (name: 'allow' | 'hold' | 'forbid') => posture.hours.reduce((sum, hour) => sum + hour[name], 0)
    expect([total('allow'), total('hold'), total('forbid')]).toEqual([2, 1, 1])
    expect(posture.waiting).toMatchObject([{ kind: 'action', who: 'you, other analysts', aside: agent.slug }])
    expect(posture.proposing).toBe(1)
    expect(posture.agents).toMatchObject({ active: 1, unsigned: 0 })
    expect(isBeginning(posture.firstSteps)).toBe(false)
    const nobody = await readPosture(db(), await testPerson([]), new Date())
    expect(nobody.waiting).toEqual([])
  })

  it('shows an agent whose owner is gone as waiting for one, and contained', async () => {
    const agent = await governed(pools.superuser)
    await pools.superuser.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [agent.personId])
    const posture = await readPosture(db(), administrator, new Date())
    expect(posture.orphans).toEqual([{ slug: agent.slug }])
    expect(posture.waiting.map(({ kind, key }) => [kind, key])).toContainEqual(['owner', `owner ${agent.slug}`])
    expect(posture.agents.contained).toBe(1)
  })
})

it('counts an hour that is over once, and the present one every time', async () => {
  const now = new Date()
  const sum = async (at: Date) => (await decisionHours(db(), at)).reduce((all, { count }) => all + count, 0)
  const before = await sum(now)
  const agent = await governed(pools.superuser)
  await decider.decide(agent.caller, { tool: 'crm.get_order', arguments: {} })
  expect(await sum(now)).toBe(before + 1)
  const later = new Date(now.getTime() + 2 * 3_600_000)
  expect(await sum(later)).toBe(before + 1)
  await decider.decide(agent.caller, { tool: 'crm.get_order', arguments: {} })
  expect(await sum(later)).toBe(before + 1)
  expect(await sum(new Date(now.getTime() + 30 * 3_600_000))).toBe(0)
})
