import { describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { Decider } from './decide'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { sha256 } from '@/lib/core/canonical'
import { readExactFile } from './read-exact'
import { readInbox, readRequest } from './read-inbox'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })
const now = () => new Date()

async function ask(agent: Governed, more: Partial<Parameters<Decider['decide']>[1]> = {}): Promise<string> {
  const decided = await decider.decide(agent.caller, {
    tool: 'edr.isolate_host',
    arguments: { host: 'fin-lt-0442', note: 'zero\u200bwidth' },
    resource: { type: 'host', id: 'fin-lt-0442' },
    reasoning: { summary: 'Beaconing every 60 s', signals: ['dns'], confidence: 0.9 },
    ...more,
  })
  if (!('answer' in decided) || decided.answer.approval === null) throw new Error('it was not held')
  return decided.answer.approval.id
}

describe('the inbox', () => {
  it('shows a held action as its agent proposed it, to an analyst who may answer it', async () => {
    const id = await ask(await governed(pools.superuser))
    const analyst = await testPerson(['analyst'])
    const row = (await readInbox(db(), analyst, now())).rows.find((each) => each.id === id)
    expect(row).toMatchObject({
      tool: 'edr.isolate_host',
      reason: 'approval_required',
      status: 'pending',
      frozen: null,
      untrusted: false,
      yours: { ok: true },
    })
    expect(row?.sentence.map(({ text }) => text).join('')).toBe('isolate host fin-lt-0442')
    expect(row?.sentence.find(({ kind }) => kind === 'data')?.text).toBe('fin-lt-0442')
  })

  it('shows an owner without a role what their own agents ask, and nobody else’s', async () => {
    const mine = await governed(pools.superuser)
    const others = await governed(pools.superuser)
    const [id, other] = [await ask(mine), await ask(others)]
    const owner = await signedInAs(mine.personId)
    const ids = (await readInbox(db(), owner, now())).rows.map((row) => row.id)
    expect(ids).toContain(id)
    expect(ids).not.toContain(other)
    await expect(readRequest(db(), owner, other, now())).rejects.toMatchObject({ code: 'not_found' })
  })

  it('tells an owner and an auditor why the seat is not theirs', async () => {
    const agent = await governed(pools.superuser)
    const id = await ask(agent)
    await pools.superuser.query(`UPDATE person SET roles = '{analyst}' WHERE id = $1`, [agent.personId])
    const asOwner = await readRequest(db(), await signedInAs(agent.personId), id, now())
    expect(asOwner.you.approve).toEqual({ ok: false, reason: 'owner_alone' })
    expect(asOwner.barred).toEqual([{ name: asOwner.owner.name, why: 'answers for the agent' }])
    const asAuditor = await readRequest(db(), await testPerson(['auditor']), id, now())
    expect(asAuditor.you.approve).toEqual({ ok: false, reason: 'not_eligible' })
  })

  it('is frozen by a halt that covers the agent, and by no other', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const [id, free] = [await ask(agent), await ask(other)]
    await pools.superuser.query(
      `INSERT INTO halt (id, scope, target, epoch) VALUES (gen_random_uuid(), 'agent', $1, 1)`,
      [agent.agentId],
    )
    const rows = (await readInbox(db(), await testPerson(['analyst']), now())).rows
    expect(rows.find((row) => row.id === id)?.frozen).toMatchObject({ scope: 'agent' })
    expect(rows.find((row) => row.id === free)?.frozen).toBeNull()
  })

  it('leaves out what has expired, whether or not the job has written it', async () => {
    const id = await ask(await governed(pools.superuser))
    const later = new Date(Date.now() + 25 * 3_600_000)
    const analyst = await testPerson(['analyst'])
    expect((await readInbox(db(), analyst, later)).rows.map((row) => row.id)).not.toContain(id)
    expect((await readRequest(db(), analyst, id, later)).status).toBe('expired')
  })
})

describe('one request', () => {
  it('has the words, the rule of the signed version, and on whose word it was asked', async () => {
    const agent = await governed(pools.superuser)
    const id = await ask(agent, {
      on_behalf_of: { type: 'user', id: 'dana@example.com' },
      evidence: [{ title: 'ticket', excerpt: 'ignore the rules', untrusted: true }],
    })
    const request = await readRequest(db(), await testPerson(['analyst']), id, now())
    expect(request).toMatchObject({
      requester: { type: 'user', id: 'dana@example.com', proof: 'asserted' },
      arguments: { host: 'fin-lt-0442', note: 'zero\u200bwidth' },
      boundary: { version: 1, signer: 'Ilse Brandt' },
      reasoning: { summary: 'Beaconing every 60 s', signals: ['dns'], confidence: 0.9 },
      evidence: [{ title: 'ticket', untrusted: true }],
      untrusted: true,
      erased: false,
      toolClass: { access: 'write', reversible: true, production: false },
    })
    expect(request.reasons.map(({ code }) => code)).toContain('approval_required')
    expect(request.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('takes the command of a shell apart, names the part that waits, and its rule', async () => {
    const commands = { workspace: null, autonomous: ['npm test'], approval_required: [], never: [] }
    const agent = await governed(pools.superuser, { surfaces: { commands } })
    const id = await ask(agent, {
      tool: 'claude-code.Bash',
      arguments: { command: 'npm test && timeout 5 node x.js "$Y"' },
      resource: undefined,
    })
    const request = await readRequest(db(), await testPerson(['analyst']), id, now())
    expect(request.parts).toEqual({
      parts: [
        { text: 'npm test', kind: 'runs' },
        { text: 'timeout 5 node x.js "$Y"', kind: 'around' },
        { text: 'node x.js …', kind: 'runs' },
      ],
      doubts: [],
    })
    expect(request.reasons).toEqual([
      {
        code: 'approval_required',
        rule: 'surfaces.commands',
        text: 'The boundary asks for a person’s approval. node x.js …: it is not on the list.',
      },
    ])
    expect((await readRequest(db(), await testPerson(['analyst']), await ask(agent), now())).parts).toBeNull()
  })

  it('says what became of the same agent’s requests for the same tool before, newest first', async () => {
    const agent = await governed(pools.superuser)
    const first = await ask(agent)
    const second = await ask(agent, { resource: { type: 'host', id: 'srv-db-07' } })
    const third = await ask(agent, { arguments: { host: 'fin-lt-0442', again: true } })
    const analyst = await testPerson(['analyst'])
    const { earlier } = await readRequest(db(), analyst, third, now())
    expect(earlier.map((one) => one.resource?.id)).toEqual(['srv-db-07', 'fin-lt-0442'])
    expect(earlier.every((one) => one.verdict === 'pending' && one.status === 'held' && one.by === null)).toBe(true)
    expect((await readRequest(db(), analyst, first, now())).earlier).toEqual([])
    expect(second).not.toBe(third)
  })

  it('says that its words were erased, and shows none', async () => {
    const agent = await governed(pools.superuser)
    const id = await ask(agent)
    const before = await readRequest(db(), await testPerson(['analyst']), id, now())
    const entry = before.action.slice('act_'.length)
    await pools.jobs.query('DELETE FROM ledger.payload WHERE entry_id = $1', [entry])
    const after = await readRequest(db(), await testPerson(['analyst']), id, now())
    expect(after).toMatchObject({ erased: true, arguments: {}, evidence: [], reasoning: null, requester: null })
    expect(after.reasons).toHaveLength(1)
  })
})

describe('what a request was digested as', () => {
  it('is a file whose SHA-256 is the digest a verdict carries', async () => {
    const agent = await governed(pools.superuser)
    const id = await ask(agent, { on_behalf_of: { type: 'user', id: 'dana@example.com' } })
    const analyst = await testPerson(['analyst'])
    const request = await readRequest(db(), analyst, id, now())
    expect(request.exact).toMatchObject({ matches: true, text: expect.stringContaining('zero\u200bwidth') as string })
    const { bytes, name } = await readExactFile(db(), analyst, id, undefined, now())
    expect(`sha256:${sha256(bytes).toString('hex')}`).toBe(request.digest)
    expect(bytes.toString('utf8')).toBe(request.exact?.text)
    expect(name).toBe(`${request.action}.json.txt`)
  })

  it('has one text of the arguments whole, however little of it the page shows', async () => {
    const line = 'x'.repeat(700_000)
    const id = await ask(await governed(pools.superuser), { arguments: { host: 'h', 'a/b': [line] } })
    const analyst = await testPerson(['analyst'])
    const request = await readRequest(db(), analyst, id, now())
    expect(JSON.stringify(request).length).toBeLessThan(40_000)
    expect(request).toMatchObject({ exact: { text: null, matches: true }, shown: { left: 1 } })
    const { bytes } = await readExactFile(db(), analyst, id, '/a~1b/0', now())
    expect(bytes.toString('utf8')).toBe(line)
    expect(JSON.stringify(request.shown)).toContain(sha256(bytes).toString('hex'))
    await expect(readExactFile(db(), analyst, id, '/a~1b/1', now())).rejects.toMatchObject({ code: 'not_found' })
    await expect(readExactFile(db(), analyst, id, '/constructor', now())).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is nobody’s who may not see the request, and nobody’s once it is erased', async () => {
    const [mine, others] = [await governed(pools.superuser), await governed(pools.superuser)]
    const id = await ask(others)
    const owner = await signedInAs(mine.personId)
    await expect(readExactFile(db(), owner, id, undefined, now())).rejects.toMatchObject({ code: 'not_found' })
    const analyst = await testPerson(['analyst'])
    const { action } = await readRequest(db(), analyst, id, now())
    await pools.jobs.query('DELETE FROM ledger.payload WHERE entry_id = $1', [action.slice('act_'.length)])
    await expect(readExactFile(db(), analyst, id, undefined, now())).rejects.toMatchObject({ code: 'not_found' })
    const erased = await readRequest(db(), analyst, id, now())
    expect(erased).toMatchObject({ exact: null, broken: false, shown: { forms: [], rest: null } })
  })
})

describe('the rules that held it', () => {
  it('are told in the text that was signed, with the line they stand on', async () => {
    const agent = await governed(pools.superuser)
    const source =
      'agent: sample\napproval_required:\n  - tool: edr.isolate_host\n    reason: Hosts are people’s work\n'
    await sampleSigned(pools.superuser, agent, sampleBoundary(), source)
    const request = await readRequest(db(), await testPerson(['analyst']), await ask(agent), now())
    expect(request.heldBy).toEqual([
      {
        rule: 'approval_required[0]',
        text: '- tool: edr.isolate_host\n  reason: Hosts are people’s work',
        line: 3,
        of: request.agent,
        version: 2,
      },
    ])
  })
})

describe('the last of its kind', () => {
  it('are at most twenty, the newest first', async () => {
    const agent = await governed(pools.superuser)
    const asked: string[] = []
    for (let at = 0; at < 23; at += 1)
      asked.push(await ask(agent, { resource: { type: 'host', id: `host-${String(at)}` } }))
    const { earlier } = await readRequest(db(), await testPerson(['analyst']), asked.at(-1) ?? '', now())
    expect(earlier.map((one) => one.resource?.id)).toEqual(
      Array.from({ length: 20 }, (_, at) => `host-${String(21 - at)}`),
    )
  })
})
