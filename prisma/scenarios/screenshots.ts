import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { findBrowser } from '@/e2e/support/browser'

type Shot = { name: string; who: string; open: (page: Page) => Promise<unknown> }

/** The README's pictures, each a page of the demo as somebody of it sees it. */
const SHOTS: readonly Shot[] = [
  {
    name: 'approvals',
    who: 'dana',
    open: async (page) => {
      await page.goto('/approvals')
      await page.locator('a[href*="/approvals/apr_"]').filter({ hasText: 'deploy-steward' }).first().click()
      await page.getByText('Your verdict is on exactly').waitFor()
    },
  },
  { name: 'halt', who: 'dana', open: (page) => page.goto('/halt?scope=organisation') },
  {
    name: 'story',
    who: 'sanne',
    open: async (page) => {
      await page.goto('/audit?q=outcome%3Aapproved&last=7d')
      await page.locator('tbody a[data-row]').first().click()
      await page.getByRole('link', { name: 'Open it as a page' }).click()
      await page.getByText('Two hops to the human').waitFor()
    },
  },
]

/** Starts the demo on data of its own, takes every picture in the light theme, and stops it. Writes `docs/images/NAME.png`. */
export async function screenshots(root: string): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-screenshots-'))
  const child = spawn(process.execPath, ['bin/demo.mjs'], {
    cwd: root,
    env: { ...process.env, COUNTERSIGN_DATA: folder, PORT: '0', PUBLIC_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('credentials.json')) resolve()
      })
      child.once('exit', (code) => {
        reject(new Error(`The demo ended with ${String(code)}.`))
      })
    })
    const { baseUrl, people } = JSON.parse(readFileSync(path.join(folder, 'credentials.json'), 'utf8')) as {
      baseUrl: string
      people: { email: string; password: string }[]
    }
    const browser = await chromium.launch(await findBrowser())
    for (const { name, who, open } of SHOTS) {
      const context = await browser.newContext({
        baseURL: baseUrl,
        viewport: { width: 1280, height: 900 },
        colorScheme: 'light',
      })
      const page = await context.newPage()
      const person = people.find(({ email }) => email.startsWith(who))
      await page.goto('/login')
      await page.getByLabel(/mail/i).fill(person?.email ?? '')
      await page
        .getByLabel(/password/i)
        .first()
        .fill(person?.password ?? '')
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname !== '/login')
      await open(page)
      await page.screenshot({ path: path.join(root, 'docs/images', `${name}.png`) })
      await context.close()
    }
    await browser.close()
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}
