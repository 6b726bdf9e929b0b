import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { CountersignClient, type Answer } from '../clients/sdk/client'
import { parsePublicId } from '../lib/core/ids'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { foundOrganisation, type FoundPerson } from '../prisma/scenarios/found'
import { confirmCatalogue, govern } from '../prisma/scenarios/govern'
import { dataFolder, postgresOf, startServer, type Started } from './testing'

const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

const TEAM = 'Operations'
const person = (key: string, roles: string[]) => ({
  key,
  name: `${key} Quill`,
  email: `${key}@quillhaven.example`,
  roles,
  team: TEAM,
})
const CAST = {
  organisation: { name: 'Quillhaven Mutual', timeZone: 'UTC' },
  teams: [TEAM],
  people: [
    person('noor', ['administrator']),
    person('ilse', ['ciso']),
    person('dana', ['analyst']),
    person('priya', []),
  ],
  onCall: 'dana',
}
const SLUG = 'ticket-closer'
/** Closing waits for a person for days. */
const BOUNDARY = `agent: ${SLUG}
purpose: Closes tickets when a person agrees
mcp_scopes:
  tickets: [read, write]
approval_required:
  - tool: tickets.close
    within: 3d
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`
const CLOSE = { tool: 'tickets.close', arguments: { ticket: 'SUP-1' } }

type Install = {
  folder: string
  dana: FoundPerson
  credentials: { clientId: string; clientSecret: string }
  running: Started
  url: string
}

/** A whole server with one governed agent, made as people make it. */
async function install(): Promise<Install> {
  const { folder, remove } = dataFolder()
  undo.push(remove)
  const { running, url } = await start(folder)
  const link = /http:\/\/\S+\/welcome\/\S+/.exec(running.output())?.[0] ?? expect.fail('it printed no first link')
  const people = await foundOrganisation(url, link, CAST)
  const of = (key: string) => people.get(key) ?? expect.fail(`nobody is ${key}`)
  const line = { tool: 'tickets.close', class: { access: 'write', reversible: true } }
  await confirmCatalogue(url, [line], of('ilse'), of('dana'))
  const data = { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' }
  const agent = {
    slug: SLUG,
    purpose: 'Closes tickets.',
    team: TEAM,
    environment: 'production',
    boundary: BOUNDARY,
    data,
  }
  return { folder, running, url, dana: of('dana'), credentials: await govern(url, agent, of('priya'), of('ilse')) }
}

async function start(folder: string): Promise<{ running: Started; url: string }> {
  const running = startServer({ env: { COUNTERSIGN_DATA: folder } })
  undo.push(async () => {
    running.child.kill('SIGTERM')
    await running.ended
    const left = postgresOf(folder)
    if (left !== null) process.kill(left, 'SIGKILL')
  })
  return { running, url: await running.ready() }
}

const programOf = ({ url, credentials }: Pick<Install, 'url' | 'credentials'>, signal?: AbortSignal) =>
  new CountersignClient({ server: url, ...credentials, ...(signal && { signal }) })
const approvalOf = (held: Answer) => held.approval?.id ?? expect.fail(`it is ${held.status}, not held`)

async function approve({ url, dana }: Pick<Install, 'url' | 'dana'>, held: Answer): Promise<void> {
  const console = await new ConsoleClient(url).signIn(dana.email, dana.password)
  await console.post(`/api/console/approvals/${approvalOf(held)}/verdict`, {
    answer: 'approve',
    digest: held.digest,
    reason: 'Checked.',
  })
}

/** Its time runs out in the database that the killed server has left behind. */
async function threeDaysLater(folder: string, approvalId: string): Promise<void> {
  const port = readFileSync(path.join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[3] ?? ''
  const { superuser } = JSON.parse(readFileSync(path.join(folder, 'logins.json'), 'utf8')) as { superuser: string }
  const client = new pg.Client({
    connectionString: `postgresql://postgres:${encodeURIComponent(superuser)}@127.0.0.1:${port}/countersign`,
  })
  await client.connect()
  try {
    const moved = await client.query('UPDATE approval SET expires_at = clock_timestamp() WHERE id = $1::uuid', [
      parsePublicId('approval', approvalId),
    ])
    expect(moved.rowCount).toBe(1)
  } finally {
    await client.end()
  }
}

describe('an action that waits for a person', () => {
  it('survives its client, the server and Postgres being killed, and its agent gets the answer afterwards', async () => {
    const before = await install()
    const gone = new AbortController()
    const program = programOf(before, gone.signal)
    const held = await program.propose(CLOSE)
    expect(held.status).toBe('held')

    // the client breaks off in the middle of its long poll: that withdraws nothing
    const polling = program.settled(held)
    await sleep(300)
    gone.abort()
    await expect(polling).rejects.toThrow()
    expect(await programOf(before).read(held.id)).toMatchObject({ status: 'held' })

    // kill -9 of everything, with a client waiting
    const broken = programOf(before).settled(held)
    await Promise.all([
      expect(broken).rejects.toThrow(),
      (async () => {
        await sleep(300)
        before.running.child.kill('SIGKILL')
        await before.running.ended
        process.kill(postgresOf(before.folder) ?? expect.fail('there is no Postgres'), 'SIGKILL')
      })(),
    ])

    const after = { ...before, ...(await start(before.folder)) }
    const again = programOf(after)
    expect(await again.read(held.id)).toMatchObject({
      status: 'held',
      approval: { id: approvalOf(held), status: 'pending' },
    })
    // asked for again it is the same request, not a second one
    expect((await again.propose(CLOSE)).approval?.id).toBe(approvalOf(held))

    // a restart in good order, while the agent waits by long poll
    after.running.child.kill('SIGTERM')
    expect(await after.running.ended).toBe(0)
    const last = { ...after, ...(await start(before.folder)) }
    const waiting = programOf(last).settled(held)
    await approve(last, held)
    expect(await waiting).toMatchObject({ status: 'approved' })
    expect((await programOf(last).claim(held.id)).grant).toMatchObject({ token: expect.any(String) as string })
  })

  it('has a verdict that came while the server was killed recorded once, or not at all', async () => {
    let at = await install()
    const held = await programOf(at).propose(CLOSE)
    const session = await new ConsoleClient(at.url).signIn(at.dana.email, at.dana.password)
    const verdict = session
      .post(`/api/console/approvals/${approvalOf(held)}/verdict`, {
        answer: 'approve',
        digest: held.digest,
        reason: 'Yes.',
      })
      .then(
        () => 'recorded',
        () => 'unknown',
      )
    await sleep(5)
    at.running.child.kill('SIGKILL')
    const told = await verdict
    await at.running.ended
    at = { ...at, ...(await start(at.folder)) }

    const stands = await programOf(at).read(held.id)
    expect(['held', 'approved']).toContain(stands.status)
    // who was told that it is recorded finds it recorded
    if (told === 'recorded') expect(stands.status).toBe('approved')
    const same = await approve(at, held).then(
      () => 'recorded now',
      (error: { code: string }) => error.code,
    )
    expect(same).toBe(stands.status === 'approved' ? 'already_decided' : 'recorded now')
    expect(await programOf(at).settled(held)).toMatchObject({ status: 'approved' })
    const detail = await (
      await new ConsoleClient(at.url).signIn(at.dana.email, at.dana.password)
    ).get<{ verdicts: unknown[] }>(`/api/console/approvals/${approvalOf(held)}`)
    expect(detail.verdicts).toHaveLength(1)
  })

  it('expires while nothing runs, which is no rejection and never an allow', async () => {
    const before = await install()
    const held = await programOf(before).propose(CLOSE)
    expect(Date.parse(held.approval?.expires_at ?? '') - Date.now()).toBeGreaterThan(2 * 86_400_000)
    before.running.child.kill('SIGKILL')
    await before.running.ended
    await threeDaysLater(before.folder, approvalOf(held))

    const after = { ...before, ...(await start(before.folder)) }
    const program = programOf(after)
    expect(await program.read(held.id)).toMatchObject({
      status: 'expired',
      grant: null,
      approval: { status: 'expired' },
    })
    await expect(program.claim(held.id)).rejects.toMatchObject({
      code: expect.stringMatching(/expired|wrong_state/) as string,
    })
    const dana = await new ConsoleClient(after.url).signIn(after.dana.email, after.dana.password)
    const page = await dana.get<{ status: string; verdicts: unknown[] }>(`/api/console/approvals/${approvalOf(held)}`)
    expect(page).toMatchObject({ status: 'expired', verdicts: [] })
    await expect(approve(after, held)).rejects.toMatchObject({ code: 'expired' })
  })
})
