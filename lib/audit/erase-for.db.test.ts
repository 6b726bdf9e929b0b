import { expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { changeRetention } from '@/lib/ledger/change-retention'
import { testLedger } from '@/lib/ledger/testing'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { eraseFor } from './erase-for'
import { markSensitive } from './mark-sensitive'
import { openFor } from './open-for'
import { readData } from './read-data'
import { toRows } from './rows'
import { entriesByIds } from '@/lib/ledger/read'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const administrator = await testOrganisation()
const auditor = await testPerson(['auditor'])
const asked = { type: 'user', id: 'eve@example.com', reason: 'Asked for it', basis: 'GDPR Article 17' }
const said = () =>
  append(pools.app, {
    kind: 'action.decided',
    actor: 'agent',
    agent: newId(),
    subject: 'requester:user:eve@example.com',
    payload: { order: 'A-17' },
    projection: { tool: 'crm.get', resource_type: 'order', resource_id: 'A-17' },
  })

it('erases only the number that the person saw, and says first how many that is', async () => {
  const { id } = await said()
  expect(await eraseFor(pools.jobs, administrator, asked)).toEqual({ payloads: 1, erased: false })
  await said()
  expect(await eraseFor(pools.jobs, administrator, { ...asked, confirm: 1 })).toEqual({ payloads: 2, erased: false })
  expect((await openFor(db(), auditor, [id])).get(id)?.state).toBe('open')
  expect(await eraseFor(pools.jobs, administrator, { ...asked, confirm: 2 })).toEqual({ payloads: 2, erased: true })
  expect((await openFor(db(), auditor, [id])).get(id)?.state).toBe('erased')
  expect((await readData(db())).erasures).toMatchObject([{ payloads: 2, by: administrator.name, one: false }])
})

it('refuses a reason that names the person, what is about oneself, and a name nothing is kept under', async () => {
  await said()
  const erase = (more: Partial<typeof asked>) => eraseFor(pools.jobs, administrator, { ...asked, ...more })
  await expect(erase({ reason: 'Eve@example.com asked' })).rejects.toMatchObject({ code: 'invalid_request' })
  await expect(erase({ id: administrator.email })).rejects.toMatchObject({ code: 'separation_of_duties' })
  await expect(erase({ id: 'nobody@example.com' })).rejects.toMatchObject({ code: 'not_found' })
})

it('shows nothing in a list of what is marked, and says on the page what is marked and how long is kept', async () => {
  const { id } = await said()
  const row = async () => (await toRows(db(), auditor, await entriesByIds(db(), [id])))[0]
  expect(await row()).toMatchObject({ tool: 'crm.get', resource: { id: 'A-17' } })
  await transaction((tx) => markSensitive(tx, administrator.id, 'resource_type', 'order'))
  expect(await row()).toMatchObject({ tool: null, resource: null })
  await transaction((tx) => changeRetention(tx, administrator.id, 'answers', 90))
  const data = await readData(db())
  expect(data.marks).toEqual([{ kind: 'resource_type', value: 'order', shown: 'order' }])
  expect(data.classes).toContainEqual({ name: 'answers', days: 90, appliedUntil: null })
  expect(data.months.length).toBeGreaterThan(0)
})
