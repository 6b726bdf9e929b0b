import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { exportContacts, governedAgent, readTicket } from './support/agents'
import { expect, test } from './support/journey'

const SLUG = 'evidenced'
const root = path.resolve(import.meta.dirname, '..')

/** The one file an auditor has, on a machine that knows neither the server nor its database. */
function verify(...args: string[]): { status: number | null; stdout: string } {
  const program = path.join(root, 'dist/verifier/countersign-verify.mjs')
  return spawnSync(process.execPath, [program, ...args], { cwd: '/', env: { NODE_ENV: 'test' }, encoding: 'utf8' })
}

test('an auditor takes an agent’s record away, and it is verified without this server', async ({ as }, info) => {
  const client = await governedAgent(SLUG)
  for (const ticket of ['SUP-1', 'SUP-2', 'SUP-3']) await client.propose(readTicket(ticket))
  await client.propose(exportContacts)
  const auditor = await as('sanne')
  await auditor.goto(`/audit?q=agent:${SLUG}`)
  await auditor.getByRole('link', { name: 'Export…' }).click()
  await expect(auditor.getByRole('heading', { level: 1, name: 'Take the record away' })).toBeVisible()
  await expect(auditor.getByRole('combobox', { name: 'Agent' })).toHaveValue(SLUG)
  await auditor.getByLabel('A random sample').fill('2')
  const file = await download(auditor, info.outputPath('bundle.zip'))

  const vkey = ((await (await auditor.request.get('/log/vkey')).text()).split('\n')[0] ?? '').trim()
  const good = verify(file, '--vkey', vkey)
  expect(good.stdout).toContain('This bundle is whole')
  expect(good.stdout).toContain('Nothing is missing between')
  expect(good.stdout).toMatch(/Sample: 2 of \d+ decisions/)
  expect(good.status).toBe(0)

  await auditor.goto('/audit')
  await expect(auditor.getByText('Export made').first()).toBeVisible()
})

test('whoever may not take the record away is told who may', async ({ as }) => {
  const analyst = await as('dana')
  await analyst.goto('/audit/export')
  await expect(analyst.getByText('An auditor or a ciso takes the record away, and that is recorded.')).toBeVisible()
  await analyst.goto('/audit')
  await expect(analyst.getByRole('link', { name: 'Export…' })).toHaveCount(0)
})

test('the browser keeps the ledger’s checkpoint, checks an entry against it, and says on every page when it is contradicted', async ({
  as,
}) => {
  const auditor = await as('sanne')
  await auditor.goto('/audit/integrity')
  await expect(auditor.getByText('This browser keeps nothing yet.')).toHaveCount(0)
  await auditor.getByRole('button', { name: 'Look again now' }).click()
  await expect(auditor.getByText(/^Verified: the [\d,]+ entries kept before are the beginning of these/)).toBeVisible()

  await auditor.goto('/audit/entries/3')
  await expect(auditor.getByText('Checked by this browser.')).toBeVisible()
  await expect(auditor.getByText('The bytes above are entry #3 of it')).toBeVisible()

  // as if the log had been another one yesterday; under the lock, so that no look that is under way writes over it
  await auditor.evaluate(() =>
    navigator.locks.request('countersign-log', () => {
      const kept = JSON.parse(localStorage.getItem('countersign.log.kept') ?? '{}') as { root: string }
      localStorage.setItem('countersign.log.kept', JSON.stringify({ ...kept, root: btoa('x'.repeat(32)) }))
    }),
  )
  for (const page of ['/audit/entries/3', '/agents', '/']) {
    await auditor.goto(page)
    await expect(auditor.getByRole('alert').filter({ hasText: 'this ledger contradicts' })).toBeVisible()
  }
  await auditor.getByRole('link', { name: 'Open the finding' }).click()
  await expect(auditor.getByText('it shows other entries than were signed before')).toBeVisible()
  await auditor.getByRole('button', { name: 'Forget what this browser kept' }).click()
  await expect(auditor.getByRole('alert').filter({ hasText: 'this ledger contradicts' })).toHaveCount(0)
})

async function download(page: Page, to: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Take it away' }).click(),
  ])
  await file.saveAs(to)
  return to
}
