import { expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { listShifts } from './read-on-call'
import { previewCalendar, takeCalendar } from './take-calendar'
import { signedInAs, testOrganisation, testPerson } from './testing'

await testLedger(await testDatabase())
const petra = await testOrganisation()
const [ann, bob] = [await testPerson(['analyst'], 'Ann'), await testPerson([], 'Bob')]

const stamp = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().replaceAll(/[-:]|\.\d+/g, '')
const calendar = (address: string) =>
  `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Night\r\nATTENDEE:mailto:${address}\r\nDTSTART:${stamp(-1)}\r\nDTEND:${stamp(5)}\r\nEND:VEVENT\r\nEND:VCALENDAR`

it('a calendar is seen before it is taken, puts whom it names on call, and takes the place of the one before', async () => {
  expect((await previewCalendar(db(), calendar(ann.email), new Date())).shifts).toMatchObject([{ personId: ann.id }])
  expect(await listShifts(db(), new Date())).toEqual([])
  await transaction((tx) => takeCalendar(tx, petra, calendar(ann.email), new Date()))
  expect((await signedInAs(ann.id)).onCall).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 5))
  await transaction((tx) => takeCalendar(tx, petra, calendar(bob.email), new Date()))
  expect([(await signedInAs(ann.id)).onCall, (await signedInAs(bob.id)).onCall]).toEqual([false, true])
})

it('a calendar that names an administrator, or anybody unknown, is not taken, and the event is named', async () => {
  for (const address of [petra.email, 'nobody@example.com'])
    await expect(transaction((tx) => takeCalendar(tx, petra, calendar(address), new Date()))).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'calendar',
      message: expect.stringContaining('Night') as string,
    })
})
