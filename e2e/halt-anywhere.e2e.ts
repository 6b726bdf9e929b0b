import type { Page } from '@playwright/test'
import { governedAgent, readTicket } from './support/agents'
import { liftAll } from './support/halts'
import { expect, sessionOf, test } from './support/journey'

type Refusal = { code: string }
const PHONE = { javaScriptEnabled: false, viewport: { width: 390, height: 780 } }
const answer = async (client: Awaited<ReturnType<typeof governedAgent>>) =>
  client.propose(readTicket('SUP-1')).then(
    ({ decision, reason }) => `${decision} ${reason.code}`,
    (refusal: Refusal) => refusal.code,
  )

/** Presses Tab until something is in focus; the keyboard has to reach it. */
async function tabTo(page: Page, is: (page: Page) => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press('Tab')
    if (await is(page)) return
  }
  throw new Error('the keyboard does not reach it')
}
const chosen = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLInputElement>('input[name=scope]:checked')?.value ?? null)
const focused = (selector: string) => (page: Page) => page.locator(`${selector}:focus`).isVisible()

test.afterEach(({ as }) => liftAll(as))

test('one agent is stopped on a phone, by the keyboard, without a script, in two steps', async ({ as }) => {
  const client = await governedAgent('stopped-by-keys')
  expect(await answer(client)).toBe('allow read_in_scope')
  const page = await (await as('dana', PHONE)).context().newPage()
  await page.goto('/halt')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)

  await test.step('one: choose', async () => {
    await tabTo(page, focused('input[name=scope]'))
    for (let n = 0; n < 10 && (await chosen(page)) !== 'agent'; n++) await page.keyboard.press('ArrowDown')
    await tabTo(page, focused('select[name=agent]'))
    await page.keyboard.type('stopped-by-keys')
    await page.keyboard.press('Tab')
    await tabTo(page, focused('button:text("Show what it stops")'))
    await page.keyboard.press('Enter')
  })
  await test.step('two: press', async () => {
    await expect(page.getByRole('button', { name: 'Halt stopped-by-keys' })).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await tabTo(page, focused('button:text("Halt stopped-by-keys")'))
    await page.keyboard.press('Enter')
  })
  await expect(page.getByRole('heading', { level: 1, name: 'stopped-by-keys is halted.' })).toBeVisible()
  expect(await answer(client)).toMatch(/^(forbid halted|stop_only)$/)
})

test('the page for when no other loads stops an agent in one step, and says what it refuses', async ({ as }) => {
  const client = await governedAgent('stopped-at-once')
  const page = await (await as('dana', PHONE)).context().newPage()
  await page.goto('/halt/now')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.getByRole('radio', { name: /One agent/ }).check()
  await page.getByRole('button', { name: 'Halt it now' }).click()
  await expect(page.getByText('Name the agent to halt one.').first()).toBeVisible()
  await page.getByRole('radio', { name: /One agent/ }).check()
  await page.getByRole('combobox', { name: 'Which agent' }).selectOption('stopped-at-once')
  await page.getByRole('button', { name: 'Halt it now' }).press('Enter')
  await expect(page.getByText('Halted. Nothing in its scope is allowed any more.')).toBeVisible()
  expect(await answer(client)).toMatch(/^(forbid halted|stop_only)$/)
})

test('an administrator lets a source halt, gives it a new secret and revokes it, without a script', async ({ as }) => {
  const page = await (await as('noor', PHONE)).context().newPage()
  await page.goto('/settings/halt-sources')
  await page.getByRole('textbox', { name: 'Which system is it?' }).fill('House SIEM')
  await page.getByRole('textbox', { name: 'What may it halt?' }).fill('planet')
  await page.getByRole('button', { name: 'Make the source' }).click()
  await expect(page.getByText(/"planet" is no scope/).first()).toBeVisible()
  await page.getByRole('textbox', { name: 'What may it halt?' }).fill('agent\nenvironment:staging')
  await page.getByRole('button', { name: 'Make the source' }).click()
  await expect(page.getByText(/^whsec_/)).toBeVisible()
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  await expect(page.getByText('The old one is taken for 24 hours yet.')).toBeVisible()
  await page.getByRole('link', { name: 'Revoke…' }).click()
  await page.getByRole('button', { name: 'Revoke House SIEM' }).click()
  await expect(page.getByText('Nothing outside may halt agents.')).toBeVisible()
  const analyst = await sessionOf('dana')
  await expect(analyst.post('/api/console/halt-sources', { name: 'Mine', may: 'agent' })).rejects.toMatchObject({
    code: 'not_permitted',
  })
})
