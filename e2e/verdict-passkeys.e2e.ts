import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { BrowserContextOptions, CDPSession, Page } from '@playwright/test'
import { CountersignClient } from '../clients/sdk/client'
import { foundOrganisation, type FoundPerson } from '../prisma/scenarios/found'
import { govern } from '../prisma/scenarios/govern'
import { boundaryOf, refund } from './support/agents'
import { expect, test } from './support/journey'
import { tabTo } from './support/keyboard'
import { startServer, type RunningServer } from './support/server'
import { cast } from './support/world'

// An organisation of its own: people here have passkeys, and from then on no signature does without one.
let server: RunningServer
let people: Map<string, FoundPerson>
let agent: CountersignClient
const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-verdicts-'))
const SLUG = 'refund-clerk'

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  server = await startServer(folder)
  if (server.firstRun === undefined) throw new Error('The server printed no first-run link.')
  people = await foundOrganisation(server.url, server.firstRun, cast)
  const boundary = boundaryOf(SLUG).replace(
    '  - crm.refund_request\n',
    '  - tool: crm.refund_request\n    passkey: true\n',
  )
  const data = { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' }
  const about = { purpose: 'Refunds, and asks before money moves.', team: 'Security operations' }
  const made = await govern(
    server.url,
    { slug: SLUG, ...about, environment: 'production', boundary, data },
    person('priya'),
    person('ilse'),
  )
  agent = new CountersignClient({ server: server.url, clientId: made.clientId, clientSecret: made.clientSecret })
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
const reasonOf = (page: Page) => page.getByRole('textbox', { name: /^Reason/ })
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

/** A security key of the browser's own (CDP WebAuthn), which its holder touches where `touched`. */
async function authenticator(page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { cdp, id: authenticatorId }
}

async function open(page: Page, order: string): Promise<{ id: string; status: () => Promise<string> }> {
  const held = await agent.propose(refund(order, 4180))
  expect(held.decision).toBe('hold')
  await page.goto(`/approvals/${held.approval?.id ?? ''}`)
  return { id: held.id, status: async () => (await agent.read(held.id)).status }
}

test('who has no passkey is told so before and where to make one, and rejects without', async ({ browse }) => {
  const dana = await signedIn(browse, 'dana')
  const held = await open(dana, 'A-1')
  await expect(dana.getByText('This takes your passkey to approve. Rejecting takes none.')).toBeVisible()
  await dana.getByRole('radio', { name: 'Approve it' }).check()
  const button = dana.getByRole('button', { name: 'Approve this action' })
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(dana.getByText('This takes a passkey, and you have none yet.')).toBeVisible()
  await expect(dana.getByRole('link', { name: 'Add a passkey' })).toHaveAttribute('href', /\/settings\/passkeys/)
  await dana.getByRole('radio', { name: 'Reject it' }).check()
  await reasonOf(dana).fill('Not this customer.')
  await dana.getByRole('button', { name: 'Reject this action' }).click()
  await expect(dana.getByText('You rejected it.').first()).toBeVisible()
  expect(await held.status()).toBe('rejected')
})

test('an approval is given with a passkey, by the keyboard alone; a prompt that fails records nothing and keeps the reason', async ({
  browse,
}) => {
  const dana = await signedIn(browse, 'dana')
  const { cdp, id } = await authenticator(dana)
  await dana.getByLabel('What is it called?').fill('Work laptop')
  await dana.getByLabel('Your password').fill(person('dana').password)
  await dana.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(dana.getByRole('heading', { level: 1, name: 'You have 1 passkey.' })).toBeVisible()

  const held = await open(dana, 'A-2')
  await expect(dana.getByText('This takes your passkey to approve. Rejecting takes none.')).toBeVisible()
  await expect(dana.getByText('Reason required, recorded')).toBeVisible()

  await test.step('the reason is asked first', async () => {
    await tabTo(dana, dana.getByRole('radio', { name: 'Approve it' }))
    await dana.keyboard.press('Space')
    await dana.keyboard.press('Control+Enter')
    await expect(dana.getByText('Say why you approve it.')).toBeVisible()
    await expect(reasonOf(dana)).toBeFocused()
  })
  await test.step('a passkey that did not check who touched it answers nothing', async () => {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false })
    await dana.keyboard.type('The policy ended before: checked.')
    await dana.keyboard.press('Control+Enter')
    await expect(dana.getByText('No passkey answered: it was cancelled, or it took too long.')).toBeVisible()
    await expect(dana.getByText('Your verdict was not recorded.')).toBeVisible()
    await expect(reasonOf(dana)).toHaveValue('The policy ended before: checked.')
    expect(await held.status()).toBe('held')
  })
  await test.step('while nobody touches it the button is busy and says what is signed', async () => {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true })
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: false })
    await reasonOf(dana).focus()
    await dana.keyboard.press('Control+Enter')
    await expect(
      dana.getByText(/Your passkey signs: “I, Dana Whitlock, approve what refund-clerk asks in apr_/),
    ).toBeVisible()
    await expect(dana.getByRole('button', { name: 'Approve this action' })).toHaveAttribute('aria-busy', 'true')
    expect(await held.status()).toBe('held')
    await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: true })
  })
  await test.step('who leaves the page meanwhile has answered nothing, and begins again', async () => {
    await dana.reload()
    await tabTo(dana, dana.getByRole('radio', { name: 'Approve it' }))
    await dana.keyboard.press('Space')
    await dana.keyboard.press('Tab')
    await dana.keyboard.type('The policy ended before: checked.')
    await dana.keyboard.press('Control+Enter')
  })
  await expect(dana.getByText('You approved it.').first()).toBeVisible()
  expect(await held.status()).toBe('approved')

  await dana.goto(`/audit/actions/${held.id}`)
  await expect(dana.getByText(/approved it with a passkey after/).first()).toBeVisible()
})

test('without JavaScript the page says that a passkey needs it, refuses the approval and keeps the reason', async ({
  browse,
}) => {
  const dana = await signedIn(browse, 'dana', { javaScriptEnabled: false })
  const held = await open(dana, 'A-3')
  await expect(dana.getByText('A passkey needs JavaScript')).toBeVisible()
  await dana.getByRole('radio', { name: 'Approve it' }).check()
  await reasonOf(dana).fill('Checked against the collections.')
  await dana.getByRole('button', { name: 'Record the verdict' }).click()
  await expect(dana.getByText('To approve this takes your passkey, and a browser with JavaScript.')).toBeVisible()
  await expect(reasonOf(dana)).toHaveValue('Checked against the collections.')
  expect(await held.status()).toBe('held')
})

test('a ciso chooses from what is at stake an approval takes a passkey; whoever is none reads what was chosen', async ({
  browse,
}) => {
  const dana = await signedIn(browse, 'dana')
  await expect(dana.getByText('An approval takes a passkey where what is at stake is critical')).toBeVisible()
  await expect(dana.getByRole('button', { name: 'Save what a verdict takes' })).toHaveCount(0)
  const ilse = await signedIn(browse, 'ilse')
  await ilse.getByLabel('A passkey is needed to approve from').selectOption({ label: 'High' })
  await ilse.getByRole('button', { name: 'Save what a verdict takes' }).click()
  await expect(ilse.getByText('Saved, and recorded. It holds for what is asked from now on.')).toBeVisible()
  await expect(ilse.getByText('An approval takes a passkey where what is at stake is high or more')).toBeVisible()
})
