import { describe, expect, it } from 'vitest'
import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { answerAction } from './answer'
import { addCheck, editCheck } from './change-scrutiny'
import { governed } from './governed-testing'
import { ACTION_KINDS } from './kinds'
import { lifecycle } from './lifecycle-testing'
import { readRequest } from './read-inbox'
import { listChecks, lookedAt } from './read-scrutiny'
import type { CheckInput } from './scrutiny-contract'

const database = await testDatabase()
await testLedger(database)
const { db, pools } = database
await testOrganisation()
const ilse = await testPerson(['ciso'], 'Ilse Tamm')
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const { held } = lifecycle(database)

const CHECK: CheckInput = {
  kind: 'access',
  title: 'Break glass',
  lookFor: 'Was the seal broken?',
  position: 1,
  active: true,
} as const
const codeOf = (error: unknown) => (isFault(error) ? error.code : String(error))
const add = (more: Partial<CheckInput> = {}) =>
  transaction((tx) => addCheck(tx, ilse, { ...CHECK, ...more }, new Date()))
const payloadOf = async (entry: Record<string, unknown> | undefined) => {
  const opened = await openPayload(pools.app, String(entry?.['id']))
  return opened?.state === 'open' ? opened.payload : null
}
const ask = (args: Record<string, string>) =>
  governed(pools.superuser).then((agent) => held(agent, { tool: 'edr.isolate_host', arguments: args }))

describe('what to look for', () => {
  it('comes with something for every kind of action', async () => {
    const checks = await listChecks(db)
    for (const kind of ACTION_KINDS) expect(checks.filter((check) => check.kind === kind).length).toBeGreaterThan(1)
    expect(checks.every((check) => check.active && check.changedBy === null)).toBe(true)
    expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length)
  })

  it('is added, edited and taken out of use by a ciso, each an entry that names no words', async () => {
    const before = (await entriesOf(database, 'scrutiny.changed')).length
    const id = await add()
    await transaction((tx) => editCheck(tx, ilse, id, { ...CHECK, title: 'Broken glass' }))
    await transaction((tx) => editCheck(tx, ilse, id, { ...CHECK, title: 'Broken glass' }))
    await transaction((tx) => editCheck(tx, ilse, id, { ...CHECK, title: 'Broken glass', active: false }))
    const entries = (await entriesOf(database, 'scrutiny.changed')).slice(before)
    expect(entries.map((entry) => entry['labels'])).toEqual([
      ['added', 'access'],
      ['edited', 'access'],
      ['retired', 'access'],
    ])
    expect(entries.every((entry) => entry['actor'] === `person:${ilse.id}`)).toBe(true)
    expect(JSON.stringify(entries)).not.toContain('glass')
    expect(await payloadOf(entries[1])).toMatchObject({ title: 'Broken glass', before: { title: 'Break glass' } })
    expect((await listChecks(db)).find((check) => parsePublicId('check', check.id) === id)).toMatchObject({
      active: false,
      changedBy: 'Ilse Tamm',
    })
    expect(await transaction((tx) => editCheck(tx, ilse, dana.id, CHECK)).catch(codeOf)).toBe('not_found')
  })

  it('is kept by Postgres within its kinds and never removed by the app', async () => {
    const refused = (statement: string) =>
      pools.app.query(statement).catch((error: unknown) => (error as { code: string }).code)
    expect(await refused('DELETE FROM scrutiny_check')).toBe('42501')
    expect(await refused(`UPDATE scrutiny_check SET kind = 'other'`)).toBe('23514')
    expect(await refused(`UPDATE scrutiny_check SET title = ' '`)).toBe('23514')
    expect(await refused(`UPDATE scrutiny_check SET id = gen_random_uuid()`)).toBe('42501')
  })

  it('stands beside a request with what rules noticed in it, without what is out of use', async () => {
    const id = await add({ title: 'In use' })
    await transaction(async (tx) =>
      editCheck(tx, ilse, await add({ title: 'Out of use' }), { ...CHECK, title: 'Out of use', active: false }),
    )
    const { answer } = await ask({ user: 'x', diff: '@@ -1 +1 @@\n+role: admin' })
    const { scrutiny } = await readRequest(db, dana, answer.approval?.id ?? '', new Date())
    expect(scrutiny.kinds).toEqual(expect.arrayContaining(['code', 'any']))
    expect(scrutiny.notices).toMatchObject([
      { rule: 'open_to_all', spots: [{ at: 'diff', line: 2, text: 'role: admin' }] },
    ])
    const other = await ask({ user: 'x' })
    const access = await readRequest(db, dana, other.answer.approval?.id ?? '', new Date())
    expect(access.scrutiny.notices).toEqual([])
    expect(id).toBeTruthy()
    expect([...scrutiny.checks, ...access.scrutiny.checks].map(({ title }) => title)).not.toContain('Out of use')
  })
})

describe('what somebody looked at', () => {
  it('is kept in words with their verdict, and nowhere in the open', async () => {
    const [first, second] = await listChecks(db)
    const { approvalId, answer } = await ask({ host: 'fin-lt-0442' })
    const digest = Buffer.from(answer.digest.slice(7), 'hex')
    await transaction(async (tx) =>
      answerAction(tx, {
        approvalId,
        actor: dana,
        answer: 'approve',
        reason: '',
        digest,
        now: new Date(),
        looked: await lookedAt(tx, [first?.id ?? '', second?.id ?? '', first?.id ?? '']),
      }),
    )
    const entry = (await entriesOf(database, 'approval.approved')).at(-1)
    expect(await payloadOf(entry)).toEqual({ reason: '', looked: [first?.title, second?.title] })
    expect(JSON.stringify(entry)).not.toContain(first?.title)
  })

  it('is refused where it never was something to look for', async () => {
    expect(await lookedAt(db, [])).toEqual([])
    expect(await lookedAt(db, ['chk_019a0000000070008000000000000000']).catch(codeOf)).toBe('invalid_request')
    expect(await lookedAt(db, ['act_019a0000000070008000000000000000']).catch(codeOf)).toBe('invalid_id')
  })
})
