import { describe, expect, test } from 'vitest'
import { samplePerson } from '@/lib/agents/testing'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { SuggestedTool } from './catalogue'
import { confirmTool } from './confirm'
import { catalogue, listTools } from './read'
import { importTools, registerTool } from './register'
import type { ToolClass } from './tool'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
const now = new Date()
const person = { id: await samplePerson(pool) }
const analyst = { id: await samplePerson(pool, ['analyst'], 'Dana Whitlock') }

const suggestion = (name: string, over: Partial<SuggestedTool> = {}): SuggestedTool => ({
  server: 'crm',
  name,
  description: 'what the server says of it',
  class: { access: 'write', reversible: true },
  surface: null,
  schema: { type: 'object' },
  ...over,
})
const asSuggested = { digest: null }
const said = (given: ToolClass) => ({ class: given, surface: null, digest: null })
const known = async (name: string) => (await catalogue(db)).find((tool) => tool.name === name)

describe('the catalogue', () => {
  test('knows a registered tool, and no class of it until a person confirms one', async () => {
    const { id } = await transaction((tx) => registerTool(tx, person, suggestion('note'), now))
    expect(await known('crm.note')).toEqual({ name: 'crm.note', class: null, schema: { type: 'object' } })
    const before = (await pool.query<{ epoch: string }>('SELECT epoch FROM gate')).rows[0]?.epoch
    await confirmTool(db, analyst, id, asSuggested)
    expect(await known('crm.note')).toMatchObject({ class: { access: 'write', reversible: true } })
    const after = (await pool.query<{ epoch: string }>('SELECT epoch FROM gate')).rows[0]?.epoch
    expect(Number(after)).toBe(Number(before) + 1)
  })

  test('takes the class the person said, not the one suggested, and says what it was before', async () => {
    const { id } = await transaction((tx) => registerTool(tx, person, suggestion('refund'), now))
    await confirmTool(db, analyst, id, said({ access: 'write', reversible: false, spends: true, audience: 'customer' }))
    expect(await known('crm.refund')).toMatchObject({
      class: { access: 'write', reversible: false, spends: true, audience: 'customer' },
    })
    const { rows } = await pool.query<{ said: object }>(
      `SELECT convert_from(envelope, 'UTF8')::jsonb AS said FROM ledger.entry WHERE kind = 'tool.confirmed' ORDER BY id DESC LIMIT 1`,
    )
    expect(rows[0]?.said).toMatchObject({
      actor: `person:${analyst.id}`,
      about: { tool: id },
      class: { access: 'write', spends: true },
    })
  })

  test('refuses a name twice, and confirms nothing where nothing is said', async () => {
    await transaction((tx) => registerTool(tx, person, suggestion('twice'), now))
    await expect(transaction((tx) => registerTool(tx, person, suggestion('twice'), now))).rejects.toMatchObject({
      code: 'already_exists',
      field: 'tool',
    })
    const { id } = await transaction((tx) => registerTool(tx, person, suggestion('unsaid', { class: null }), now))
    await expect(confirmTool(db, analyst, id, asSuggested)).rejects.toMatchObject({ field: 'access' })
    await expect(confirmTool(db, analyst, newId(), asSuggested)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('takes a file whole: new tools are added, known ones stay as they are', async () => {
    const { id } = await transaction((tx) => registerTool(tx, person, suggestion('kept'), now))
    await confirmTool(db, analyst, id, said({ access: 'read' }))
    const file = [suggestion('kept', { class: { access: 'write' } }), suggestion('fresh', { schema: null })]
    expect(await transaction((tx) => importTools(tx, person, file, now))).toEqual({ added: 1, known: 1 })
    expect(await known('crm.kept')).toMatchObject({ class: { access: 'read' } })
    expect(await known('crm.fresh')).toEqual({ name: 'crm.fresh', class: null })
  })

  test('lists what waits for a confirmation first', async () => {
    const listed = await listTools(db)
    const waiting = listed.map(({ confirmedAt }) => confirmedAt === null)
    expect(waiting).toEqual(waiting.toSorted((a, b) => Number(b) - Number(a)))
    expect(listed.find(({ name }) => name === 'note')?.confirmedBy).toEqual({ id: analyst.id, name: 'Dana Whitlock' })
  })

  test('cannot be confirmed past the gate by the app’s own login', async () => {
    await expect(
      database.pools.app.query('UPDATE tool SET confirmed_at = now(), confirmed_by = $1', [person.id]),
    ).rejects.toThrow(/permission denied/)
    await expect(
      database.pools.app.query(
        `INSERT INTO tool (id, server, name, source, access, confirmed_at, confirmed_by) VALUES ($1, 'x', 'y', 'person', 'read', now(), $2)`,
        [newId(), person.id],
      ),
    ).rejects.toThrow(/permission denied/)
  })
})
