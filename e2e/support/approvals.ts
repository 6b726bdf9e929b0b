import type { Page } from '@playwright/test'
import { expect } from './journey'
import { tabTo } from './keyboard'

/** The row of a request in the inbox, by what it is about. */
export const requestOn = (page: Page, about: string) =>
  page.getByRole('navigation', { name: 'Requests, by deadline' }).getByRole('link', { name: new RegExp(about) })

/**
 * Answers a request from the inbox without a pointer: past the navigation, along the list, open, weigh, answer. The reason says
 * what was typed.
 */
export async function answerByKeyboard(
  page: Page,
  {
    about,
    agent,
    verdict,
    reason,
  }: { about: string; agent: string; verdict: 'Approve it' | 'Reject it'; reason: string },
): Promise<void> {
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  const requests = page.getByRole('navigation', { name: 'Requests, by deadline' }).getByRole('link')
  await tabTo(page, requests.first())
  const wanted = await requests.allTextContents().then((rows) => rows.findIndex((row) => row.includes(about)))
  for (let row = 0; row < wanted; row++) await page.keyboard.press('j')
  await expect(requestOn(page, about)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(`^${agent} wants to`) })).toBeFocused()

  await tabTo(page, page.getByRole('radio', { name: 'Approve it' }))
  await page.keyboard.press('Space')
  if (verdict === 'Reject it') await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('radio', { name: verdict })).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(page.getByLabel('Reason')).toBeFocused()
  await page.keyboard.type(reason)
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(verdict === 'Approve it' ? 'You approved it.' : 'You rejected it.').first()).toBeVisible()
}
