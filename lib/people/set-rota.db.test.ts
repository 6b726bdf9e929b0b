import { describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { listShifts } from './read-on-call'
import { readRotaGaps, rotaDays } from './read-rota'
import { assignOnCall } from './assign-on-call'
import { editOrganisation } from './edit-organisation'
import { extendRota, overrideRota, setRota } from './set-rota'
import { signedInAs, testOrganisation, testPerson } from './testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const petra = await testOrganisation()
const [ann, bob] = [await testPerson(['analyst'], 'Ann'), await testPerson([], 'Bob')]

const DAY = 86_400_000
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
const rota = (people: string[]) => ({
  people,
  startsOn: dayOf(Date.now() - 3 * DAY),
  handover: '09:00',
  length: 'day' as const,
})
const set = (people: string[]) => transaction((tx) => setRota(tx, petra, rota(people), new Date()))

describe('a rota', () => {
  it('puts whose turn it is on call at once, wherever it is asked, and leaves no gap for weeks', async () => {
    await set([ann.id, bob.id])
    const now = new Date()
    const onCall = await Promise.all([ann, bob].map(async ({ id }) => (await signedInAs(id)).onCall))
    expect(onCall.filter(Boolean)).toHaveLength(1)
    expect(await readRotaGaps(db(), now, new Date(now.getTime() + 28 * DAY))).toEqual([])
    expect(rotaDays(await listShifts(db(), now), now, 28).every(({ gap }) => !gap)).toBe(true)
  })

  it('set again is written again, and what a person was put on call for by name stays', async () => {
    const byName = await transaction((tx) => assignOnCall(tx, petra, { personId: bob.id }, new Date()))
    await set([ann.id])
    const shifts = await listShifts(db(), new Date())
    expect(shifts.map(({ id }) => id)).toContain(byName)
    expect(new Set(shifts.filter(({ id }) => id !== byName).map(({ personId }) => personId))).toEqual(new Set([ann.id]))
    expect((await signedInAs(ann.id)).onCall).toBe(true)
  })

  it('gives a day to somebody else', async () => {
    await set([ann.id])
    const day = dayOf(Date.now() + 5 * DAY)
    await transaction((tx) => overrideRota(tx, petra, { day, personId: bob.id }, new Date()))
    const theirs = (await listShifts(db(), new Date())).filter(
      ({ personId, endsAt }) => personId === bob.id && endsAt !== null,
    )
    expect(theirs.map(({ startsAt }) => dayOf(startsAt.getTime()))).toEqual([day])
  })

  it('hands over at its hour in the new time zone as soon as the organisation has another', async () => {
    await set([ann.id, bob.id])
    const named = await transaction((tx) =>
      assignOnCall(tx, petra, { personId: bob.id, startsAt: new Date(Date.now() + 20 * DAY) }, new Date()),
    )
    const { timeZone, name } = await db().organisation.findUniqueOrThrow({ where: { id: 1 } })
    const there = timeZone === 'Asia/Tokyo' ? 'America/Lima' : 'Asia/Tokyo'
    const hour = (at: Date, zone: string) =>
      new Intl.DateTimeFormat('en', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
    const ahead = async () =>
      (await listShifts(db(), new Date())).filter(
        ({ id, startsAt }) => id !== named && startsAt.getTime() > Date.now() + DAY,
      )
    const moveTo = (zone: string) =>
      transaction((tx) => editOrganisation(tx, petra, { name, timeZone: zone }, new Date()))
    expect(new Set((await ahead()).map(({ startsAt }) => hour(startsAt, timeZone)))).toEqual(new Set(['09:00']))
    await moveTo(there)
    const after = await ahead()
    expect(after.length).toBeGreaterThan(20)
    expect(new Set(after.map(({ startsAt }) => hour(startsAt, there)))).toEqual(new Set(['09:00']))
    const now = new Date()
    expect(await readRotaGaps(db(), now, new Date(now.getTime() + 28 * DAY))).toEqual([])
    expect((await listShifts(db(), now)).map(({ id }) => id)).toContain(named)
    // another name alone leaves what is written as it is
    await transaction((tx) => editOrganisation(tx, petra, { name: 'Another', timeZone: there }, new Date()))
    expect(await ahead()).toEqual(after)
    await moveTo(timeZone)
  })

  it('is of nobody who may not be on call, and whoever becomes one of them later leaves a gap that is told', async () => {
    const auditor = await testPerson(['auditor'])
    for (const never of [petra.id, auditor.id])
      await expect(set([ann.id, never])).rejects.toMatchObject({ code: 'invalid_request', field: 'turn1' })
    await pools.superuser.query(`DELETE FROM on_call_shift WHERE source = 'rota'`).catch(() => undefined)
    const gone = await testPerson([], 'Cem')
    await set([gone.id])
    await pools.superuser.query(`UPDATE person SET roles = '{auditor}' WHERE id = $1`, [gone.id])
    const later = new Date(Date.now() + 40 * DAY)
    expect(await transaction((tx) => extendRota(tx, later))).toBe(0)
  })
})

it('Postgres takes no shift away that has begun, or that a person assigned', async () => {
  await set([ann.id])
  for (const which of [`source = 'person'`, `source = 'rota' AND starts_at <= clock_timestamp()`])
    await expect(pools.app.query(`DELETE FROM on_call_shift WHERE ${which}`)).rejects.toMatchObject({ code: '42501' })
})
