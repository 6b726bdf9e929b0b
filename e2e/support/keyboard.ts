import type { Locator, Page } from '@playwright/test'
import { expect } from './journey'

/**
 * Presses Tab until something has the focus, as somebody without a pointer would. Every stop on the way must be seen: within the
 * window, with a mark of its own (WCAG 2.4.7, 2.4.11).
 */
export async function tabTo(page: Page, target: Locator, most = 80): Promise<void> {
  for (let stops = 0; stops < most; stops++) {
    if (await hasFocus(target)) return
    await page.keyboard.press('Tab')
    await expectSeen(page)
  }
  throw new Error(`After ${most} stops the focus was not on ${String(target)}.`)
}

/** Chooses in a list by typing, as the keyboard allows; a browser that was busy between two keys forgets those before. */
export async function chooseByTyping(list: Locator, name: string): Promise<void> {
  await expect(async () => {
    await list.pressSequentially(name)
    await expect(list).toHaveValue(name, { timeout: 500 })
  }).toPass({ intervals: [1_500] })
}

async function hasFocus(target: Locator): Promise<boolean> {
  return (await target.count()) === 1 && target.evaluate((element) => element === document.activeElement)
}

async function expectSeen(page: Page): Promise<void> {
  const stop = await page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return { what: 'nothing', marked: true, inside: true }
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    const { top, bottom, left, right, width } = element.getBoundingClientRect()
    return {
      what: `${element.tagName.toLowerCase()} “${(element.textContent || element.getAttribute('aria-label') || '').trim().slice(0, 40)}”`,
      marked: (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none',
      inside: width > 0 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    }
  })
  expect(stop, 'a stop of the keyboard is seen').toEqual({ what: stop.what, marked: true, inside: true })
}
