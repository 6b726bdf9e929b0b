import type { Page } from '@playwright/test'
import { expect, sessionOf, type As } from './journey'

/** Halts the organisation, in the two steps of the page. Works with and without JavaScript. */
export async function haltEverything(page: Page, reason: string): Promise<void> {
  await page.goto('/halt')
  await page.getByRole('radio', { name: /The organisation/ }).check()
  await page.getByRole('button', { name: 'Show what it stops' }).click()
  await page.getByLabel('Why').fill(reason)
  await page.getByRole('button', { name: /^Halt (the organisation|\d+ agents)$/ }).click()
  await expect(page.getByText('Halted. Nothing in its scope is allowed any more.')).toBeVisible()
}

/** Types the name of what is let go, as the page says it; where it is for choosing, `otherwise`. */
async function typeName(page: Page, otherwise = 'organisation'): Promise<void> {
  const field = page.getByRole('textbox', { name: /^Type / })
  const label = (await page.locator('label[for=f-typed]').textContent()) ?? ''
  await field.fill(/“(.+?)”/.exec(label)?.[1] ?? otherwise)
}

/** The first of the two who lift a halt: all of it, at once where it could go by stages. */
export async function askToLift(page: Page, reason: string): Promise<void> {
  const atOnce = page.getByText(/^All of it at once: type /)
  const choice = await atOnce.isVisible()
  if (choice) await atOnce.click()
  await page.getByRole('textbox', { name: 'Why' }).fill(reason)
  await typeName(page, choice ? ((await atOnce.textContent()) ?? '').split(': type ')[1]?.trim() : undefined)
  await page.getByRole('button', { name: 'Ask to lift this halt' }).click()
  await expect(page.getByText('Asked. It takes one more person to lift it.')).toBeVisible()
}

/** The second. */
export async function agreeToLift(page: Page, reason: string): Promise<void> {
  await page.getByRole('radio', { name: 'Agree to lift it' }).check()
  await page.getByRole('textbox', { name: 'Why' }).fill(reason)
  await typeName(page)
  await page.getByRole('button', { name: 'Record your answer' }).click()
  await expect(page.getByText('Lifted. Agents may propose again; nothing resumed by itself.')).toBeVisible()
}

/** The halts in force, as the banner of every page has them. */
export async function haltsInForce(): Promise<string[]> {
  const { halts } = await (await sessionOf('bram')).get<{ halts: { id: string }[] }>('/api/console/shell')
  return halts.map(({ id }) => id)
}

/** Lifts whatever is in force: no journey leaves the agents of the others halted, also when it broke off half way. */
export async function liftAll(as: As): Promise<void> {
  for (const halt of await haltsInForce()) {
    const [bram, dana] = [await as('bram'), await as('dana')]
    await bram.goto(`/halt/${halt}`)
    const again = bram.getByRole('button', { name: 'Halt all of it again' })
    if (await again.isVisible()) await again.click()
    if (await bram.getByRole('button', { name: 'Ask to lift this halt' }).isVisible())
      await askToLift(bram, 'What was to be seen was seen')
    await dana.goto(`/halt/${halt}`)
    await agreeToLift(dana, 'Agreed')
  }
}
