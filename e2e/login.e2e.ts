import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './support/journey'
import { personOf, world } from './support/world'

const root = path.resolve(import.meta.dirname, '..')
const config = mkdtempSync(path.join(tmpdir(), 'countersign-login-'))
const kept = path.join(config, 'countersign', 'logins.json')
test.afterAll(() => {
  rmSync(config, { recursive: true, force: true })
})
test.describe.configure({ mode: 'serial' })

type Ended = { code: number | null; out: string; error: string }

/** The real command line, in a process of its own. `code`: what it shows to be typed. */
function countersign(...args: string[]): { ended: Promise<Ended>; code: Promise<string> } {
  const child = spawn(process.execPath, ['bin/countersign.mjs', ...args, '--server', world().url], {
    cwd: root,
    env: { ...process.env, XDG_CONFIG_HOME: config, COUNTERSIGN_TOKEN: '', COUNTERSIGN_SERVER: '' },
  })
  let [out, error] = ['', '']
  const ended = new Promise<Ended>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()))
    child.once('close', (code) => {
      resolve({ code, out, error })
    })
  })
  const code = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const shown = /\b([A-Z]{4}-[A-Z]{4})\b/.exec(out.replaceAll(/user_code=\S+/g, ''))?.[1]
      if (shown !== undefined) resolve(shown)
    })
    void ended.then(() => {
      reject(new Error(`no code was shown: ${out}${error}`))
    })
  })
  code.catch(() => undefined)
  return { ended, code }
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('The code in your terminal').fill(code)
  await page.getByRole('button', { name: 'Show what asks' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'A command line asks to be let in as you.' })).toBeVisible()
}

test('a command line is let in by its code, is its person, and is out at once when they end it', async ({ as }) => {
  const nobody = await countersign('whoami').ended
  expect(nobody.code).toBe(3)
  expect(nobody.error).toContain('npx countersign login')

  const login = countersign('login', '--machine', 'FIN-LT-0442')
  const code = await login.code
  const page = await as('dana')
  await page.goto(`/device?user_code=${code}`)
  await expect(page.getByLabel('The code in your terminal')).toHaveValue(code)
  await page.getByRole('button', { name: 'Show what asks' }).click()

  await expect(page.getByText(code, { exact: true })).toBeVisible()
  await expect(page.getByText('FIN-LT-0442')).toBeVisible()
  await expect(page.getByText('the same as this browser’s')).toBeVisible()
  await expect(page.getByText(/as you, for 8 hours/)).toBeVisible()
  await expect(page.getByText(/Never: answer approvals, sign, lift a halt/)).toBeVisible()
  await page.getByRole('button', { name: 'Let it in as me' }).click()
  await expect(
    page.getByRole('heading', { level: 1, name: /^(You let the|The) command line (in|is logged in)/ }),
  ).toBeVisible()

  const { name, email } = personOf('dana')
  const done = await login.ended
  expect({ code: done.code, error: done.error }).toEqual({ code: 0, error: expect.not.stringContaining('refused') })
  expect(done.out).toContain(`as ${name} (${email})`)
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  const who = await countersign('whoami', '--json').ended
  expect(JSON.parse(who.out)).toMatchObject({ person: { email }, via: 'command_line', machine: 'FIN-LT-0442' })

  await page.goto('/settings/sessions')
  const row = page.getByRole('row', { name: /command line FIN-LT-0442/ })
  await row.getByRole('button', { name: 'End it' }).click()
  await expect(row).toHaveCount(0)
  const over = await countersign('whoami').ended
  expect(over.code).toBe(3)
  expect(over.error).toContain(`Your login was ended or is over at ${world().url}: run  npx countersign login`)
})

test('without JavaScript and not signed in, the link leads to the code, and no is no', async ({ browse }) => {
  const login = countersign('login', '--machine', '<b>laptop</b>')
  const code = await login.code
  const page = await browse({ javaScriptEnabled: false })
  await page.goto(`/device?user_code=${code}`)
  const { email, password } = personOf('bram')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByLabel('The code in your terminal')).toHaveValue(code)

  await page.getByLabel('The code in your terminal').fill('wdjb-mjh')
  await page.getByRole('button', { name: 'Show what asks' }).click()
  await expect(page.getByRole('main').getByRole('alert')).toContainText('A code is eight letters')
  await typeCode(page, code.toLowerCase().replace('-', ' '))
  await expect(page.getByText('<b>laptop</b>')).toBeVisible()
  await page.getByRole('button', { name: 'Refuse it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'You refused this command line.' })).toBeVisible()
  const refused = await login.ended
  expect(refused.code).toBe(1)
  expect(refused.error).toContain('Refused: nothing was logged in.')
})

test('logging out ends the login on the server and forgets it here', async ({ as }) => {
  const login = countersign('login', '--machine', 'FIN-LT-0443')
  const page = await as('dana')
  await page.goto('/device')
  await typeCode(page, await login.code)
  await page.getByRole('button', { name: 'Let it in as me' }).click()
  expect((await login.ended).code).toBe(0)
  const { servers } = JSON.parse(readFileSync(kept, 'utf8')) as { servers: Record<string, { token: string }> }
  const token = servers[world().url]?.token ?? ''
  const ask = () =>
    fetch(`${world().url}/api/console/sessions/current`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask()).status).toBe(200)
  expect((await countersign('logout').ended).code).toBe(0)
  expect((await ask()).status).toBe(401)
  expect(readFileSync(kept, 'utf8')).not.toContain(token)
})
