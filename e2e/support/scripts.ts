import type { Page } from '@playwright/test'
import { expect } from './journey'

/** The bytes of programs a page has loaded, as they came over the wire. */
export type Scripts = {
  /** up to its `load` event: what it took to open it */
  first: () => Promise<number>
  /** so far, with what it asked for later */
  all: () => number
}

/** Counts from now on: begin before the page is opened. */
export async function countScripts(page: Page): Promise<Scripts> {
  const network = await page.context().newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Page.enable')
  const scripts = new Set<string>()
  let bytes = 0
  let atLoad: number | undefined
  network.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  // in the order of the browser, however late this process gets to read it: what came after does not count as first
  network.on('Page.loadEventFired', () => (atLoad ??= bytes))
  return {
    first: async () => {
      await expect.poll(() => atLoad).toBeDefined()
      return atLoad ?? Infinity
    },
    all: () => bytes,
  }
}
