import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attest, makeRunnerKey, readRunnerKey, type RunnerKey } from '@/clients/exec/runner-key'
import type { SandboxChallenge as Challenge } from '@/clients/sdk/client'
import { enrolRunner } from '@/lib/agents/enrol-runner'
import { agentNamed } from '@/lib/agents/read'
import { runnersOf } from '@/lib/agents/read-runners'
import { revokeRunner } from '@/lib/agents/revoke-runner'
import { parseBoundary } from '@/lib/boundary/parse'
import type { Boundary } from '@/lib/boundary/boundary'
import { parsePublicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleBoundary, sampleSigned, type Governed } from '@/lib/decisions/governed-testing'
import { editAction } from '@/lib/decisions/edit'
import { readAttestations } from '@/lib/decisions/read-attestations'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testPerson } from '@/lib/people/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'

const database = await testDatabase()
const { ask, tokenOf } = await testGateway(database)
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-'))
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const TOOL = 'local.countersign-exec'
const RUNTIME = { name: 'bubblewrap', version: '0.8.0' }
const SOURCE = `
sandbox: {isolated: true, credentials: none, egress: allowlist, hosts: [api.example.com], filesystem: workspace}
surfaces: {commands: {autonomous: [npm test], approval_required: [npm publish]}}`

function documentOf(source: string): Boundary {
  const read = parseBoundary(`agent: ag${source}`)
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.document
}

let agent: Governed
let token: string
let key: RunnerKey
let runnerId: string
beforeAll(async () => {
  agent = await governed(database.pools.superuser, documentOf(SOURCE))
  token = await tokenOf(agent)
  const file = path.join(folder, 'key.json')
  const printed = makeRunnerKey(file)
  key = readRunnerKey(file)
  const enrolled = await transaction(async (tx) =>
    enrolRunner(
      tx,
      { id: agent.personId },
      await agentNamed(tx, agent.slug),
      { name: 'build-1', key: printed },
      new Date(),
    ),
  )
  runnerId = enrolled.id
})

const challenged = async (as = token): Promise<Challenge> => {
  const { status, body } = await ask('POST', '/api/v1/sandbox-challenges', as, {})
  expect(status).toBe(200)
  return body as Challenge
}
const args = (command = 'npm test') => ({ command: command.split(' ') })
type Over = Partial<Parameters<typeof attest>[2]> & { challenge?: Partial<Challenge>; at?: number; key?: RunnerKey }
async function attested(command: string, over: Over = {}, as = token): Promise<string> {
  const { challenge, at = Date.now(), key: by = key, ...rest } = over
  const fresh = { ...(await challenged(as)), ...challenge }
  const enforced = fresh.sandbox ?? {
    isolated: true,
    credentials: 'none' as const,
    egress: 'none' as const,
    hosts: [],
    filesystem: 'workspace' as const,
  }
  return attest(by, fresh, { tool: TOOL, arguments: args(command), enforced, runtime: RUNTIME, ...rest }, at)
}
const propose = (command: string, attestation?: string) =>
  ask('POST', '/api/v1/actions', token, {
    tool: TOOL,
    arguments: args(command),
    ...(attestation !== undefined && { attestation }),
  })
const { verdict } = lifecycle(database)
const dana = await testPerson(['analyst'])
const entries = async (kind: string) => {
  const { rows } = await database.pools.superuser.query<{ said: { labels?: string[] } }>(
    `SELECT convert_from(envelope, 'UTF8')::json AS said FROM ledger.entry WHERE kind = $1 AND agent_id = $2 ORDER BY id`,
    [kind, agent.agentId],
  )
  return rows.map(({ said }) => said)
}

it('the challenge says what the signed boundary asks', async () => {
  expect(await challenged()).toMatchObject({
    audience: 'https://countersign.test',
    sandbox: {
      isolated: true,
      credentials: 'none',
      egress: 'allowlist',
      hosts: ['api.example.com'],
      filesystem: 'workspace',
    },
  })
})

it('an execution without an attestation is refused, whatever the run says of itself, and recorded', async () => {
  const bare = await propose('npm test')
  expect(bare.body).toMatchObject({ decision: 'forbid', reason: { code: 'sandbox_missing' }, grant: null })
  const run = await ask('POST', '/api/v1/runs', token, {
    sandbox: { isolated: true, credentials: 'none', egress: 'none', hosts: [], filesystem: 'read_only' },
  })
  const said = await ask('POST', '/api/v1/actions', token, {
    tool: TOOL,
    arguments: args(),
    run: { id: run.body.id as string },
  })
  expect(said.body).toMatchObject({ decision: 'forbid', reason: { code: 'sandbox_missing' } })
})

it('with one it is allowed, and both are in the ledger', async () => {
  const before = (await entries('sandbox.attested')).length
  const { body } = await propose('npm test', await attested('npm test'))
  expect(body).toMatchObject({ decision: 'allow' })
  expect((await entries('sandbox.attested')).length).toBe(before + 1)
  expect((await entries('action.decided')).at(-1)?.labels).toContain('sandbox_attested')
  const { rows } = await database.pools.superuser.query<{ action: string }>(
    'SELECT action_id::text AS action FROM sandbox_attestation WHERE action_id = $1',
    [parsePublicId('action', body.id as string)],
  )
  expect(rows).toHaveLength(1)
  expect(await readAttestations(db(), parsePublicId('action', body.id as string))).toMatchObject([
    { runner: 'build-1', revoked: false, runtime: 'bubblewrap 0.8.0', enforced: { egress: 'allowlist' } },
  ])
})

describe('an attestation is refused', () => {
  const refused = async (why: string, attestation: string, command = 'npm test') => {
    // how many of them are entries is limited: that has its own test
    await database.pools.superuser.query('DELETE FROM throttle')
    const before = (await entries('sandbox.refused')).length
    const decided = (await entries('action.decided')).length
    const { status, body } = await propose(command, attestation)
    expect({ status, body }).toMatchObject({ status: 403, body: { code: 'attestation_refused' } })
    expect(body.detail).toContain(`(${why})`)
    const recorded = await entries('sandbox.refused')
    expect(recorded.length).toBe(before + 1)
    expect(recorded.at(-1)?.labels).toContain(why)
    expect((await entries('action.decided')).length).toBe(decided)
  }

  it('a second time', async () => {
    const once = await attested('npm test')
    expect((await propose('npm test', once)).body).toMatchObject({ decision: 'allow' })
    await refused('replayed', once)
  })
  it('twice at once: one of eight is taken', async () => {
    const once = await attested('npm test')
    const answers = await Promise.all(Array.from({ length: 8 }, () => propose('npm test', once)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })
  it('when it is old', async () => {
    await refused('expired', await attested('npm test', { at: Date.now() - 61_000 }))
    await refused('expired', await attested('npm test', { at: Date.now() + 600_000 }))
  })
  it('for a profile that is not the boundary’s', async () => {
    await refused('wrong_profile', await attested('npm test', { challenge: { profile: `sha256:${'0'.repeat(64)}` } }))
  })
  it('that says less was enforced', async () => {
    const open = { isolated: true, credentials: 'none', egress: 'any', hosts: [], filesystem: 'workspace' } as const
    await refused('loose', await attested('npm test', { enforced: { ...open, hosts: [] } }))
  })
  it('for another command', async () => {
    await refused('wrong_request', await attested('npm run other'))
  })
  it('for an action that is none yet', async () => {
    await refused('wrong_request', await attested('npm test', { action: `act_${'0'.repeat(32)}` }))
  })
  it('with a nonce nobody gave, or another agent was given', async () => {
    await refused(
      'wrong_nonce',
      await attested('npm test', { challenge: { nonce: `zzzzzzzz.${'a'.repeat(22)}.${'A'.repeat(43)}` } }),
    )
    const other = await governed(database.pools.superuser, documentOf(SOURCE))
    const { nonce } = await challenged(await tokenOf(other))
    await refused('wrong_nonce', await attested('npm test', { challenge: { nonce } }))
  })
  it('for another agent or server', async () => {
    await refused('wrong_agent', await attested('npm test', { challenge: { agent: `agt_${'0'.repeat(32)}` } }))
    await refused('wrong_agent', await attested('npm test', { challenge: { audience: 'https://elsewhere.test' } }))
  })
  it('by a key nobody enrolled, or with a broken signature, or that is none', async () => {
    const file = path.join(folder, 'other.json')
    makeRunnerKey(file)
    await refused('unknown_runner', await attested('npm test', { key: readRunnerKey(file) }))
    await refused(
      'bad_signature',
      await attested('npm test', { key: { ...readRunnerKey(file), thumbprint: key.thumbprint } }),
    )
    await refused('malformed', 'not.a.jws')
    await refused('malformed', token)
  })
})

it('refusals without end are counted, and fill no ledger', async () => {
  await database.pools.superuser.query('DELETE FROM throttle')
  const before = (await entries('sandbox.refused')).length
  for (let i = 0; i < 25; i++) expect((await propose('npm test', 'not.a.jws')).status).toBe(403)
  const recorded = await entries('sandbox.refused')
  expect(recorded.length).toBe(before + 20)
  expect(recorded.at(-1)?.labels).toContain('counted_from_here')
})

describe('an approved action', () => {
  const held = async (command = 'npm publish') => {
    const { body } = await propose(command, await attested(command))
    expect(body).toMatchObject({ decision: 'hold' })
    const { digest, approval } = body as { digest: string; approval: { id: string } }
    await verdict(parsePublicId('approval', approval.id), digest, dana, 'approve')
    return body.id as string
  }
  const claim = (action: string, attestation?: string) =>
    ask('POST', `/api/v1/actions/${action}/grant`, token, attestation === undefined ? {} : { attestation })

  it('has no grant without an attestation of its own; what the person approved stands', async () => {
    const action = await held()
    expect(await claim(action)).toMatchObject({ status: 403, body: { code: 'attestation_refused' } })
    expect(await claim(action, await attested('npm publish'))).toMatchObject({
      status: 403,
      body: { code: 'attestation_refused' },
    })
    const granted = await claim(action, await attested('npm publish', { action }))
    expect(granted.body).toMatchObject({
      status: 'approved',
      grant: { token: expect.stringMatching(/^cs_grant_/) as string },
    })
    expect((await entries('action.granted')).at(-1)?.labels).toContain('sandbox_attested')
    expect((await entries('action.refused')).at(-1)?.labels).toContain('grant_unattested')
  })

  it('edited before it was approved, is claimed on an attestation of what it was edited to', async () => {
    const command = 'npm publish --tag next'
    const { body } = await propose(command, await attested(command))
    const { digest, approval } = body as { digest: string; approval: { id: string } }
    const id = parsePublicId('approval', approval.id)
    const instead = 'npm publish --tag beta'
    const edit = (text: string) =>
      editAction(database.pools.app, db(), {
        approvalId: id,
        actor: dana,
        digest: Buffer.from(digest.slice(7), 'hex'),
        text,
        now: new Date(),
      })
    const edited = await edit(JSON.stringify(args(instead)))
    await verdict(id, edited.digest, dana, 'approve')
    const action = body.id as string
    expect(await claim(action)).toMatchObject({ status: 403, body: { code: 'attestation_refused' } })
    expect(await claim(action, await attested(command, { action }))).toMatchObject({ status: 403 })
    const granted = await claim(action, await attested(instead, { action }))
    expect(granted.body).toMatchObject({
      edited: { arguments: args(instead) },
      grant: { token: expect.any(String) as string },
    })
  })

  it('is not claimed on the attestation of another action', async () => {
    const [one, other] = [await held('npm publish a'), await held('npm publish b')]
    expect(await claim(one, await attested('npm publish a', { action: other }))).toMatchObject({ status: 403 })
  })
})

it('a profile that was widened or narrowed since is another: the old attestation is worth nothing', async () => {
  const other = await governed(database.pools.superuser, documentOf(SOURCE))
  const its = await tokenOf(other)
  const file = path.join(folder, 'moved.json')
  const printed = makeRunnerKey(file)
  await transaction(async (tx) =>
    enrolRunner(tx, { id: other.personId }, await agentNamed(tx, other.slug), { name: 'x', key: printed }, new Date()),
  )
  const old = await attested('npm test', { key: readRunnerKey(file) }, its)
  await sampleSigned(
    database.pools.superuser,
    other,
    sampleBoundary(documentOf(SOURCE.replace('hosts: [api.example.com]', 'hosts: [other.example.com]'))),
  )
  await database.pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  await new Promise((resolve) => setTimeout(resolve, 100))
  const { status, body } = await ask('POST', '/api/v1/actions', its, {
    tool: TOOL,
    arguments: args(),
    attestation: old,
  })
  expect(status === 403 || (body as { decision: string }).decision === 'forbid').toBe(true)
})

it('a lost answer is asked for again under its key, with an attestation of its own: the same action, and a grant anew', async () => {
  const under = { 'Idempotency-Key': `again-${agent.agentId}` }
  const ask2 = (attestation?: string) =>
    ask(
      'POST',
      '/api/v1/actions',
      token,
      { tool: TOOL, arguments: args(), ...(attestation !== undefined && { attestation }) },
      under,
    )
  const first = await ask2(await attested('npm test'))
  expect(first.body).toMatchObject({ decision: 'allow', grant: { token: expect.any(String) as unknown } })
  const bare = await ask2()
  expect(bare).toMatchObject({ status: 403, body: { code: 'attestation_refused' } })
  const again = await ask2(await attested('npm test'))
  expect(again.body).toMatchObject({ id: first.body.id as string, grant: { token: expect.any(String) as unknown } })
  expect(again.body.grant.token).not.toBe(first.body.grant.token)
  const both = await readAttestations(db(), parsePublicId('action', first.body.id as string))
  expect(both).toHaveLength(2)
})

it('a revoked runner is believed nothing more, its unused grants die, and it stays revoked', async () => {
  const given = await propose('npm test', await attested('npm test'))
  const waiting = await attested('npm test')
  await revokeRunner(
    db(),
    { id: agent.personId },
    await agentNamed(db(), agent.slug),
    parsePublicId('runner', runnerId),
  )
  expect(await propose('npm test', waiting)).toMatchObject({ status: 403 })
  const asked = await ask('POST', '/api/v1/grants/introspect', token, {
    token: (given.body.grant as { token: string }).token,
    agent: agent.slug,
    tool: TOOL,
    arguments: args(),
  })
  expect(asked.body).toMatchObject({ active: false })
  expect((await runnersOf(db(), agent.agentId))[0]).toMatchObject({
    name: 'build-1',
    revokedAt: expect.any(Date) as Date,
  })
  await expect(database.pools.app.query(`UPDATE runner SET revoked_at = NULL`)).rejects.toThrow(/permission denied/)
  await expect(database.pools.app.query(`UPDATE sandbox_attestation SET enforced = '{}'`)).rejects.toThrow(
    /permission denied/,
  )
})

it('a private key, another kind of key and rubbish are not enrolled', async () => {
  const { privateKey } = key
  const secret = JSON.stringify(privateKey.export({ format: 'jwk' }))
  for (const given of [secret, '{"kty":"RSA"}', 'x', '[]', '{"kty":"OKP","crv":"Ed25519","x":"short"}'])
    await expect(
      transaction(async (tx) =>
        enrolRunner(
          tx,
          { id: agent.personId },
          await agentNamed(tx, agent.slug),
          { name: 'x', key: given },
          new Date(),
        ),
      ),
    ).rejects.toMatchObject({ code: 'invalid_request', field: 'key' })
})
