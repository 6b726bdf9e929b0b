import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { BrowserContextOptions, CDPSession, Page } from '@playwright/test'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { foundOrganisation, type FoundPerson } from '../prisma/scenarios/found'
import { govern } from '../prisma/scenarios/govern'
import { boundaryOf } from './support/agents'
import { expect, test } from './support/journey'
import { startServer, type RunningServer } from './support/server'
import { cast } from './support/world'

// An organisation of its own: from a ciso's first passkey on nobody signs without one, and the other journeys sign with passwords.
let server: RunningServer
let people: Map<string, FoundPerson>
const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-passkeys-'))
const SLUG = 'claims-reader'

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  server = await startServer(folder)
  if (server.firstRun === undefined) throw new Error('The server printed no first-run link.')
  people = await foundOrganisation(server.url, server.firstRun, cast)
  const agent = {
    slug: SLUG,
    purpose: 'Answers tickets, and asks before money moves.',
    team: 'Security operations',
    environment: 'production',
    boundary: boundaryOf(SLUG),
    data: { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' },
  }
  // before anybody has a passkey: signed in a password session
  await govern(server.url, agent, person('priya'), person('ilse'))
})
test.afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const person = (key: string): FoundPerson => {
  const found = people.get(key)
  if (found === undefined) throw new Error(`Nobody is called ${key}.`)
  return found
}
type Browse = (options?: BrowserContextOptions) => Promise<Page>

async function signedIn(browse: Browse, key: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await browse({ baseURL: server.url, ...options })
  const { email, password } = person(key)
  await page.goto('/settings/passkeys')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'Add a passkey' })).toBeVisible()
  return page
}

/** A security key of the browser's own (CDP WebAuthn), that checks who touches it. */
async function authenticator(page: Page, isUserVerified = true): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
    },
  })
  return { cdp, id: authenticatorId }
}

async function addPasskey(page: Page, name: string, key: string): Promise<void> {
  await page.goto('/settings/passkeys')
  await page.getByLabel('What is it called?').fill(name)
  await page.getByLabel('Your password').fill(person(key).password)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
}

/** Priya drafts the next version of her agent's boundary. */
async function draftVersion(source: string): Promise<number> {
  const { email, password } = person('priya')
  const priya = await new ConsoleClient(server.url).signIn(email, password)
  const path = `/api/console/boundaries/${SLUG}/draft`
  return (await priya.post<{ version: number }>(path, { source, note: '' })).version
}

async function readAll(page: Page, version: number): Promise<void> {
  for (const view of ['', '?view=rules', '?view=source'])
    await page.goto(`/boundaries/${SLUG}/${String(version)}${view}`)
  await expect(page.getByRole('link', { name: 'Source viewed' })).toBeVisible()
}

test('a ciso adds a passkey and signs with it: the statement is shown, the draft is in force, and the ledger keeps the proof', async ({
  browse,
  complaints,
}) => {
  complaints.expect(/^400 POST \/api\/console\/passkeys\/challenges$/)
  const ilse = await signedIn(browse, 'ilse')
  await authenticator(ilse)
  await expect(ilse.getByText('No ciso has had a passkey here yet')).toBeVisible()
  const version = await draftVersion(boundaryOf(SLUG).replace('crm:     [read]', 'crm:     [read]\n  wiki:    [read]'))

  await test.step('before, a signature would be of a password session, and version 1 says that it is', async () => {
    await ilse.goto(`/boundaries/${SLUG}/${String(version)}`)
    const panel = ilse.getByRole('complementary', { name: 'Signature' })
    await expect(panel.getByText('You sign in a password session, and the signature is marked so.')).toBeVisible()
    await expect(panel.getByText('password session', { exact: true }).last()).toBeVisible()
  })
  await test.step('the password is asked again', async () => {
    await ilse.goto('/settings/passkeys')
    await ilse.getByLabel('What is it called?').fill('Work laptop')
    await ilse.getByLabel('Your password').fill('not hers at all')
    await ilse.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(ilse.getByText('This is not your password.').first()).toBeVisible()
  })
  await addPasskey(ilse, 'Work laptop', 'ilse')
  await expect(ilse.getByRole('heading', { level: 1, name: 'You have 1 passkey.' })).toBeVisible()
  await expect(ilse.getByText('A ciso has had a passkey here, so every signature needs one.')).toBeVisible()

  await readAll(ilse, version)
  const panel = ilse.getByRole('complementary', { name: 'Signature' })
  await expect(
    panel.getByText(new RegExp(`^I, Ilse Tamm, put version 2 of ${SLUG} in force from the moment I sign until`)),
  ).toBeVisible()
  await expect(panel.getByText('it widens one thing')).toBeVisible()
  await ilse.getByLabel('Why this widening is justified').fill('It answers from the wiki.')
  await ilse.getByRole('button', { name: 'Sign version 2' }).click()
  await expect(ilse.getByText('Version 2 is signed, and in force from this moment.')).toBeVisible()
  await expect(panel.getByText('passkey', { exact: true }).first()).toBeVisible()

  await ilse.goto('/audit?q=kind:boundary.signed')
  await expect(ilse.getByRole('main')).toContainText('Boundary signed')
})

test('without JavaScript the pages say that a passkey needs it, and nothing is signed without one', async ({
  browse,
}) => {
  const version = await draftVersion(boundaryOf(SLUG))
  const ilse = await signedIn(browse, 'ilse', { javaScriptEnabled: false })
  // once for adding one, once for what a ciso sets with one
  await expect(ilse.getByText('A passkey needs JavaScript').first()).toBeVisible()
  await ilse.goto(`/boundaries/${SLUG}/${String(version)}`)
  await expect(ilse.getByText('A passkey needs JavaScript')).toBeVisible()
  await ilse.getByLabel('Why you sign this').fill('It no longer needs the wiki.')
  await ilse.getByRole('button', { name: `Sign version ${String(version)}` }).click()
  await expect(ilse.getByText('Signing needs your passkey, and a browser with JavaScript.').first()).toBeVisible()
  await expect(ilse.getByRole('heading', { level: 2, name: `Sign version ${String(version)}` })).toBeVisible()
})

test('a second passkey needs the first, and one is renamed and removed with a passkey alone', async ({ browse }) => {
  const dana = await signedIn(browse, 'dana')
  const { cdp, id } = await authenticator(dana)
  await addPasskey(dana, 'Laptop', 'dana')
  await expect(dana.getByRole('heading', { level: 1, name: 'You have 1 passkey.' })).toBeVisible()
  // the same key is not added twice
  await addPasskey(dana, 'Laptop again', 'dana')
  await expect(dana.getByRole('alert').filter({ hasText: 'has a passkey of yours' })).toBeVisible()
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })
  expect(credentials).toHaveLength(1)

  await dana.getByRole('link', { name: 'Rename…' }).click()
  await dana.getByLabel('Its new name').fill('Key in the safe')
  await dana.getByRole('button', { name: 'Rename it' }).click()
  await expect(dana.getByRole('row', { name: /Key in the safe/ })).toBeVisible()

  await dana.getByRole('link', { name: 'Remove…' }).click()
  await dana.getByRole('button', { name: 'Remove it' }).click()
  await expect(dana.getByText('The passkey “Key in the safe” is removed.')).toBeVisible()
  await expect(dana.getByRole('heading', { level: 1, name: 'You have no passkey.' })).toBeVisible()
})
