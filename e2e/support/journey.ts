import { test as base, expect, type BrowserContextOptions, type Page } from '@playwright/test'
import { ConsoleClient } from '../../prisma/scenarios/console-client'
import { Complaints } from './complaints'
import { personOf, world } from './world'

/** A browser of its own, in which one of the cast is signed in. */
export type As = (key: string, options?: BrowserContextOptions) => Promise<Page>

type Journey = {
  complaints: Complaints
  /** A browser of its own, in which nobody is signed in. */
  browse: (options?: BrowserContextOptions) => Promise<Page>
  as: As
}

/** A journey: as many people in as many browsers as it takes, and none of them may have met an error nobody expected. */
export const test = base.extend<Journey>({
  complaints: [
    // Playwright wants a pattern here, although nothing is taken from it.
    async ({}, use) => {
      const complaints = new Complaints(world().serverErrors)
      await use(complaints)
      expect(complaints.unexpected(), 'what the browser and the server complained about').toEqual([])
    },
    { auto: true },
  ],
  browse: async ({ browser, complaints }, use) => {
    const opened: { close: () => Promise<void> }[] = []
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL: world().url, reducedMotion: 'reduce', ...options })
      opened.push(context)
      complaints.listen(context, options.javaScriptEnabled)
      return context.newPage()
    })
    await Promise.all(opened.map((context) => context.close()))
  },
  as: async ({ browse }, use) => {
    await use(async (key, options) => {
      const page = await browse(options)
      const session = await sessionOf(key)
      const cookies = session.cookieHeader().split('; ')
      await page.context().addCookies(
        cookies.map((pair) => {
          const at = pair.indexOf('=')
          return { name: pair.slice(0, at), value: pair.slice(at + 1), url: world().url }
        }),
      )
      return page
    })
  },
})

export { expect }

const sessions = new Map<string, Promise<ConsoleClient>>()

/** One of the cast at the console without a browser, signed in once for all journeys: signing in has journeys of its own. */
export function sessionOf(key: string): Promise<ConsoleClient> {
  const person = personOf(key)
  const session = sessions.get(key) ?? new ConsoleClient(world().url).signIn(person.email, person.password)
  sessions.set(key, session)
  return session
}
