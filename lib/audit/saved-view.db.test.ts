import { describe, expect, it } from 'vitest'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { changeView, removeView } from './change-view'
import { readViews } from './read-views'
import { saveView } from './save-view'
import { MOST_VIEWS } from './saved-view'

const database = await testDatabase()
await testLedger(database)
const { db, pools } = database
await testOrganisation()
const [sanne, dana] = [await testPerson(['auditor']), await testPerson(['analyst'])]
const save = (actor: typeof sanne, name: string, query: string, shared = false) =>
  transaction((tx) => saveView(tx, actor, { name, query, shared }, new Date()))
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

describe('kept views', () => {
  it('are one’s own until they are shared, and then everybody’s to open and only one’s own to change', async () => {
    const { id } = await save(
      sanne,
      'Refunds',
      'q=action%3Acrm.*&last=7d&before=ent_019aa1b2c3d47e5f8123456789abcdef&tz=local',
    )
    expect(await readViews(db, dana)).toEqual([])
    expect(await readViews(db, sanne)).toEqual([
      // the page and the clock that happened to be shown are no part of it
      { id, name: 'Refunds', query: 'q=action%3Acrm.*&last=7d', shared: false, mine: true, by: null },
    ])
    await changeView(db, sanne, id, { name: 'Refunds of the week', shared: true })
    expect(await readViews(db, dana)).toMatchObject([{ name: 'Refunds of the week', mine: false, shared: true }])
    expect(await refusal(changeView(db, dana, id, { name: 'Mine', shared: false }))).toMatchObject({
      code: 'not_found',
    })
    expect(await refusal(removeView(db, dana, id))).toMatchObject({ code: 'not_found' })
    await removeView(db, sanne, id)
    expect(await readViews(db, sanne)).toEqual([])
  })

  it('have names of their own, can be read, and end somewhere', async () => {
    await save(dana, 'Halts', 'q=kind%3Ahalt.*')
    expect(await refusal(save(dana, 'Halts', ''))).toMatchObject({ code: 'already_exists', field: 'name' })
    await save(sanne, 'Halts', '')
    expect(await refusal(save(dana, 'Broken', 'q=agnet%3Ax'))).toMatchObject({
      code: 'invalid_request',
      field: 'query',
    })
    expect(await refusal(save(dana, 'Broken', 'last=2w'))).toMatchObject({ code: 'invalid_request', field: 'query' })
    for (let at = 1; at < MOST_VIEWS; at += 1) await save(dana, `View ${at}`, '')
    expect(await refusal(save(dana, 'One more', ''))).toMatchObject({ code: 'invalid_request', field: 'name' })
  })

  it('keep whose they are and what they ask for, whatever the server’s login tries', async () => {
    await expect(pools.app.query('UPDATE saved_view SET person_id = $1', [dana.id])).rejects.toThrow(
      /permission denied/,
    )
    await expect(pools.app.query("UPDATE saved_view SET query = ''")).rejects.toThrow(/permission denied/)
    await expect(
      pools.app.query("INSERT INTO saved_view (id, person_id, name, query) VALUES (gen_random_uuid(), $1, '', '')", [
        dana.id,
      ]),
    ).rejects.toThrow(/saved_view_name/)
  })
})
