import { spawn } from 'node:child_process'
import type { KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { parsePublicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { ledger } from '@/lib/ledger/handle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { firstRunLink } from '@/lib/people/found'
import { openSessions } from '@/lib/people/session-config'
import { entriesOf } from '@/lib/people/testing'
import { ConsoleClient } from '@/prisma/scenarios/console-client'
import { consoleServer } from './testing/console'

const root = path.resolve(import.meta.dirname, '../..')
const GUIDE = path.join(root, 'docs/guides/first-agent.md')
const database = await testDatabase()
const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

/** What the page tells its reader to do, in its order: commands, and what is done in the browser. */
function stepsOf(page: string): ({ sh: string } | { browser: string })[] {
  return Array.from(page.matchAll(/^```sh\n([\s\S]*?)^```$|^\*\*In the browser: ([^*]+)\.\*\*/gm), ([, sh, browser]) =>
    sh === undefined ? { browser: browser ?? '' } : { sh },
  )
}

/** One bash that is fed block by block, as a reader's terminal is: what a block sets, the next one has. */
function terminal(cwd: string, env: Record<string, string>) {
  const child = spawn('bash', ['--norc'], { cwd, env: { ...process.env, ...env } })
  undo.push(() => void child.kill())
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const npx = `npx() { shift; '${process.execPath}' '${path.join(root, 'bin/countersign.mjs')}' "$@"; }`
  child.stdin.write(`set -eu -o pipefail\n${npx}\n`)
  let blocks = 0
  return {
    /** Answers what the block printed; fails where one of its commands did. */
    run: async (block: string, meanwhile?: (printed: () => string) => Promise<void>) => {
      const from = printed.length
      const mark = `::end of block ${String((blocks += 1))}::`
      child.stdin.write(`${block}\nprintf '%s\\n' '${mark}'\n`)
      const said = () => printed.slice(from)
      await meanwhile?.(said)
      while (!said().includes(mark)) {
        if (child.exitCode !== null) throw new Error(`It ended with ${String(child.exitCode)} in:\n${block}\n${said()}`)
        await sleep(20)
      }
      return said().replace(`${mark}\n`, '')
    },
  }
}

/** The keys of this process's ledger, as an operator may give them. */
function keysInEnvironment(): Record<string, string> {
  const { checkpoint, receipt, payload, commitment } = ledger().keys
  const seed = (key: KeyObject) => key.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('base64')
  const secret = (key: KeyObject) => key.export().toString('base64')
  return {
    COUNTERSIGN_CHECKPOINT_KEY: seed(checkpoint),
    COUNTERSIGN_RECEIPT_KEY: seed(receipt),
    COUNTERSIGN_PAYLOAD_KEY: secret(payload),
    COUNTERSIGN_COMMITMENT_KEY: secret(commitment),
  }
}

it('every step of "Connect your first agent" does what the page says', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-first-agent-'))
  undo.push(() => {
    rmSync(folder, { recursive: true })
  })
  const place = path.join(folder, 'reader')
  mkdirSync(place)
  const steps = stepsOf(readFileSync(GUIDE, 'utf8'))
  // `npm start` itself is tested in bin/start.test.ts; here its two halves serve in this process
  expect(steps[0]).toEqual({ sh: 'npm start\n' })
  const { app, defects } = await testGateway(database)
  const house = await consoleServer(await app.listen({ port: 0, host: '127.0.0.1' }))
  undo.push(house.close)
  openSessions({ publicUrl: house.url, secret: 'a secret of the tests, long enough to be one' })
  const firstRun = (await firstRunLink(db(), house.url, new Date())) ?? expect.fail('it has no first link')
  const server = house.url
  const shell = terminal(place, {
    HOME: place,
    XDG_CONFIG_HOME: path.join(place, '.config'),
    COUNTERSIGN_DATA: folder,
    DATABASE_URL: database.urls.app,
    ...keysInEnvironment(),
  })
  const you = new ConsoleClient(server)
  const colleague = new ConsoleClient(server)
  const password = 'kelp-lantern-orbit-7'
  const last = (link: string) => new URL(link).pathname.split('/').at(-1) ?? ''
  let printed = ''
  let code = ''

  const browser: Record<string, () => Promise<void>> = {
    'create the first administrator': async () => {
      await you.post(`/api/console/first-run/${last(firstRun)}`, {
        organisation: 'Quillhaven Mutual',
        timeZone: 'UTC',
        name: 'Noor Quill',
        email: 'noor@quillhaven.example',
        password,
      })
    },
    'make a team and invite a colleague': async () => {
      await you.post('/api/console/teams', { name: 'Operations' })
      const { link } = await you.post<{ link: string }>('/api/console/invitations', {
        name: 'Ilse Brandt',
        email: 'ilse@quillhaven.example',
        roles: ['ciso', 'analyst'],
      })
      await colleague.post(`/api/console/joins/${last(link)}`, { name: 'Ilse Brandt', password })
    },
    'let the command line in': async () => {
      const { id } = await you.post<{ id: string }>('/api/console/device-logins', { user_code: code })
      await you.post(`/api/console/device-logins/${id}/answer`, { answer: 'allowed' })
    },
    'your colleague signs it': async () => {
      const [, slug, version] = /\/boundaries\/([a-z-]+)\/(\d+)/.exec(printed) ?? []
      const { draft } = await colleague.get<{ draft: { digest: string } }>(`/api/console/boundaries/${slug ?? ''}`)
      await colleague.post(`/api/console/boundaries/${slug ?? ''}/${version ?? ''}/signature`, {
        digest: draft.digest,
        statement: 'Read line by line: closing a ticket waits for a person.',
      })
    },
    'your colleague approves it': async () => {
      const asked = JSON.parse(readFileSync(path.join(place, 'asked.json'), 'utf8')) as {
        digest: string
        approval: { id: string }
      }
      await colleague.post(`/api/console/approvals/${asked.approval.id}/verdict`, {
        answer: 'approve',
        digest: asked.digest,
        reason: 'The ticket is solved.',
      })
    },
    'your colleague finds it in the audit': async () => {
      const asked = JSON.parse(readFileSync(path.join(place, 'asked.json'), 'utf8')) as { id: string }
      const { rows } = await database.pools.superuser.query<{ outcome: string }>(
        // an action and its entry share an id (ADR 0002)
        `SELECT outcome FROM ledger.entry WHERE kind = 'action.decided' AND id = $1::uuid`,
        [parsePublicId('action', asked.id)],
      )
      expect(rows).toEqual([{ outcome: 'hold' }])
      const verdicts = await entriesOf(database, 'approval.approved')
      const { people } = await colleague.get<{ people: { id: string; name: string }[] }>('/api/console/people')
      const ilse = people.find(({ name }) => name === 'Ilse Brandt')
      expect(verdicts).toMatchObject([{ actor: `person:${ilse?.id ?? ''}` }])
      await sequenceOnce(database.pools.sequencer, ledger(), null)
    },
  }

  const done: string[] = []
  for (const step of steps.slice(1)) {
    if ('browser' in step) {
      if (done.includes(step.browser)) continue
      const act = browser[step.browser] ?? expect.fail(`the test knows no way to ${step.browser}`)
      await act()
      done.push(step.browser)
      continue
    }
    const block = step.sh.replaceAll('http://localhost:3000', server)
    printed = await shell.run(
      block,
      // the terminal waits for the browser here: the page's next step happens while it does
      block.includes('countersign login')
        ? async (said) => {
            while (!(code = /compare the code: +([A-Z]{4}-[A-Z]{4})/.exec(said())?.[1] ?? '')) await sleep(20)
            await browser['let the command line in']?.()
            done.push('let the command line in')
          }
        : undefined,
    )
    if (block.includes('agent register')) expect(printed).toContain('is registered, and you answer for it')
    if (block.includes('boundary push')) expect(printed).toContain('waits for a ciso’s signature')
    if (block.includes('asked.json"))')) expect(printed).toMatch(/^(hold: approval_required|approved)$/m)
    if (block.includes('verify')) expect(printed).toMatch(/^The ledger is whole: /m)
  }
  expect(done.toSorted()).toEqual(Object.keys(browser).toSorted())
  expect(printed).toContain('The ledger is whole')
  expect(statSync(path.join(place, 'ticket-closer.env')).mode & 0o777).toBe(0o600)
  expect(defects).toEqual([])
})
