import { afterAll, describe, expect, it } from 'vitest'
import { POST } from '@/app/api/console/audit/exports/route'
import { sha256 } from '@/lib/core/canonical'
import { publicId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { createToken } from '@/lib/people/create-token'
import { TEST_ORIGIN, testPerson } from '@/lib/people/testing'
import { evidenceWorld } from './world-testing'

const database = await testDatabase()
const { pools } = database
const world = await evidenceWorld(database, await testLedger(database))
const { agent, bytesOf } = world
afterAll(world.end)

const linesOf = async (asked: Parameters<typeof bytesOf>[0]) =>
  (await bytesOf(asked))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

describe('an export of a query', () => {
  it('as NDJSON holds every matching entry once, in the order of the log, byte for byte as it was hashed', async () => {
    const lines = await linesOf({ format: 'ndjson', agent: agent.slug })
    const { rows } = await pools.superuser.query<{ idx: string; leaf: Buffer }>(
      `SELECT l.idx, e.leaf_hash AS leaf FROM ledger.entry e JOIN ledger.leaf l ON l.entry_id = e.id WHERE e.agent_id = $1 ORDER BY l.idx`,
      [agent.agentId],
    )
    const taken = lines.map((line) => JSON.parse(line) as { index: number; leaf: string })
    // what was recorded of the export itself may have come behind its end
    const expected = rows.slice(0, taken.length)
    expect(rows.length - taken.length).toBeLessThanOrEqual(2)
    expect(taken.map(({ index }) => index)).toEqual(expected.map(({ idx }) => Number(idx)))
    for (const [at, line] of lines.entries()) {
      const text = /"entry":(\{.*\}),"agent":/.exec(line)?.[1] ?? ''
      expect(sha256(Buffer.from(`\0${text}`, 'latin1'))).toEqual(expected[at]?.leaf)
    }
  })

  it('as CSV is a table that starts no formula, whatever an agent wrote', async () => {
    const [head = '', ...rows] = await linesOf({ format: 'csv', agent: agent.slug, outcome: 'forbid' })
    expect(head).toMatch(/^index,id,time,kind,outcome,reason,/)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toContain('action.decided,forbid,never')
    expect(rows[0]).toContain('<b>A-17</b>')
  })

  it('as OCSF is an event a line, of the classes the mapping says', async () => {
    const events = (await linesOf({ format: 'ocsf', agent: agent.slug })).map(
      (line) => JSON.parse(line) as { class_uid: number },
    )
    expect(new Set(events.map((event) => event.class_uid))).toEqual(new Set([6003, 3004]))
  })

  it('takes what the audit’s bar takes', async () => {
    const one = await linesOf({ format: 'ndjson', q: `agent:${agent.slug} action:crm.delete* -outcome:allow` })
    expect(one).toHaveLength(1)
    expect(JSON.parse(one[0] ?? '')).toMatchObject({ agent: agent.slug, entry: { outcome: 'forbid' } })
  })

  it('takes one action’s story: its decision and everything recorded about it', async () => {
    const [decided = ''] = await linesOf({ format: 'ndjson', q: `agent:${agent.slug} outcome:allow` })
    const { id } = (JSON.parse(decided) as { entry: { id: string } }).entry
    await append(pools.app, {
      kind: 'action.completed',
      actor: 'agent',
      agent: agent.agentId,
      action: id,
      outcome: 'failed',
    })
    const story = await linesOf({ format: 'ndjson', action: publicId('action', id) })
    expect(story.map((line) => (JSON.parse(line) as { entry: { kind: string } }).entry.kind)).toEqual([
      'action.decided',
      'action.completed',
    ])
  })

  it('ends where its period does', async () => {
    expect(await linesOf({ format: 'ndjson', from: '2031-01-01', to: '2031-01-31' })).toEqual([])
  })

  it('is recorded before and after, with what it was', async () => {
    await bytesOf({ format: 'ndjson', agent: agent.slug })
    const { rows } = await pools.superuser.query<{ said: { kind: string; labels: string[]; actor: string } }>(
      `SELECT convert_from(envelope, 'UTF8')::jsonb AS said FROM ledger.entry WHERE kind LIKE 'export.%' ORDER BY id DESC LIMIT 2`,
    )
    expect(rows.map(({ said: { kind, labels } }) => [kind, labels])).toEqual([
      ['export.made', ['ndjson', 'whole']],
      ['export.begun', ['ndjson']],
    ])
    expect(rows[0]?.said.actor).toBe(`person:${world.auditor.id}`)
  })

  it.each([
    [{ agent: 'nobody-here' }, 'not_found'],
    [{ q: 'agent:nobody-here outcome:forbid' }, 'not_found'],
    [{ q: 'outcome:maybe' }, 'invalid_request'],
    [{ action: 'act_nonsense' }, 'invalid_id'],
    [{ from: '2026-05-02', to: '2026-05-01' }, 'invalid_request'],
  ])('%j is refused before anything leaves: %s', async (asked, code) => {
    const before = await pools.superuser.query(`SELECT 1 FROM ledger.entry WHERE kind LIKE 'export.%'`)
    await expect(bytesOf({ format: 'ndjson', ...asked })).rejects.toMatchObject({ code })
    const after = await pools.superuser.query(`SELECT 1 FROM ledger.entry WHERE kind LIKE 'export.%'`)
    expect(after.rowCount).toBe(before.rowCount)
  })
})

describe('the address exports are asked at', () => {
  const ask = (token: string, body: string) =>
    POST(
      new Request(`${TEST_ORIGIN}/api/console/audit/exports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        body,
      }),
    )

  it('answers an auditor’s token with the file, piece by piece', async () => {
    const { token } = await createToken(database.db, world.auditor, { name: 'script', days: 1 }, new Date())
    const response = await ask(token, `format=csv&agent=${agent.slug}&from=2026-01-01&to=2046-12-31&outcome=&q=`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/csv')
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="countersign-\d{8}-\d{6}\.csv"$/)
    expect(await response.text()).toContain('action.decided,allow')
  })

  it('lets go of what it reads when whoever asked goes away, and records that', async () => {
    const { token } = await createToken(database.db, world.auditor, { name: 'gone', days: 1 }, new Date())
    const response = await ask(token, 'format=ndjson')
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    const { rows } = await pools.superuser.query<{ labels: string[] }>(
      `SELECT convert_from(envelope, 'UTF8')::jsonb -> 'labels' AS labels FROM ledger.entry WHERE kind = 'export.made' ORDER BY id DESC LIMIT 1`,
    )
    expect(rows[0]?.labels).toEqual(['ndjson', 'cut_short'])
  })

  it('refuses an analyst’s token, and says who may', async () => {
    const analyst = await testPerson(['analyst'])
    const { token } = await createToken(database.db, analyst, { name: 'no', days: 1 }, new Date())
    const response = await ask(token, 'format=ndjson')
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'not_permitted' })
  })
})
