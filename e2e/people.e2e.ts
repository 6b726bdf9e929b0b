import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { personOf, world } from './support/world'

/** A browser of its own, whose console must stay silent. */
async function open(browser: Browser, options: { javaScriptEnabled?: boolean; colorScheme?: 'light' | 'dark' } = {}) {
  const context = await browser.newContext({ baseURL: world().url, ...options })
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(error.message))
  return { context, page, said }
}

async function signIn(page: Page, key: string, to = '/settings') {
  const { email, password } = personOf(key)
  await page.goto(to)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(new RegExp(`${to}$`))
}

for (const key of ['noor', 'ilse', 'dana', 'sanne', 'priya'])
  test(`${key} signs in with the keyboard, is led where they wanted, and signs out`, async ({ browser }) => {
    const { page, said } = await open(browser)
    const { name, email, password, roles } = personOf(key)
    await page.goto('/settings')
    await expect(page).toHaveURL(/\/login\?next=%2Fsettings$/)
    await page.getByLabel('Email').focus()
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`You are ${name}.`)
    for (const role of roles) await expect(page.getByRole('term').filter({ hasText: role })).toBeVisible()
    await page.goto('/settings/sessions')
    // From here on a read that is under way may be refused: the browser says so, and it is no mistake.
    expect(said).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(/\/login$/)
    await page.goto('/settings')
    await expect(page).toHaveURL(/\/login/)
  })

test('a wrong password is refused in words that do not say which was wrong, and without a script', async ({
  browser,
}) => {
  const { page } = await open(browser, { javaScriptEnabled: false })
  const tell = async (email: string) => {
    await page.goto('/login')
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill('not the password at all')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByLabel('Email')).toHaveValue(email)
    return page.locator('form [role=alert]').innerText()
  }
  expect(await tell(personOf('dana').email)).toBe(await tell('nobody@quillhaven.example'))
})

test('an invitation is made, taken up once and ends at once with the account, all without a script', async ({
  browser,
}) => {
  const { page: administrator } = await open(browser, { javaScriptEnabled: false })
  await signIn(administrator, 'noor', '/settings/people')
  await administrator.getByRole('link', { name: 'Invite somebody' }).click()
  await administrator.getByLabel('Name').fill('Tomas Berg')
  await administrator.getByLabel('Work email').fill('Tomas@Quillhaven.example')
  await administrator.getByRole('checkbox', { name: 'administrator' }).check()
  await administrator.getByRole('checkbox', { name: 'analyst' }).check()
  await administrator.getByRole('button', { name: 'Make their link' }).click()
  await expect(administrator.getByText('An administrator signs and approves nothing').first()).toBeVisible()
  await expect(administrator.getByLabel('Name')).toHaveValue('Tomas Berg')
  await administrator.getByRole('checkbox', { name: 'administrator' }).uncheck()
  await administrator.getByRole('button', { name: 'Make their link' }).click()
  const link = await administrator.getByRole('status').locator('code').innerText()

  const { page: tomas } = await open(browser)
  await tomas.goto(link)
  await tomas.getByLabel('Password').fill('tomasberg1234')
  await tomas.getByRole('button', { name: 'Join' }).click()
  await expect(tomas.getByText('It is little more than your name').first()).toBeVisible()
  await tomas.getByLabel('Password').fill('walnut ferry seventeen')
  await tomas.getByRole('button', { name: 'Join' }).click()
  await tomas.goto('/settings/people')
  await expect(tomas.getByRole('row', { name: /Tomas Berg/ })).toContainText('analyst')

  const { page: late } = await open(browser)
  await late.goto(link)
  await expect(late.getByRole('heading', { level: 1 })).toHaveText('This link no longer works')

  await administrator.goto('/settings/people')
  await administrator.getByRole('link', { name: 'Tomas Berg' }).click()
  await administrator.getByRole('link', { name: 'Deactivate…' }).click()
  await administrator.getByLabel(/^Why/).fill('Left the company.')
  await administrator.getByRole('button', { name: 'Deactivate Tomas Berg' }).click()
  await expect(administrator.getByRole('status').first()).toContainText('Deactivated.')
  // whoever is signed out while a page is open is led to the sign-in page
  await expect(tomas).toHaveURL(/\/login/)
})

test('a read-only token is shown once, reads, writes nothing, and ends when it is revoked', async ({
  browser,
  request,
}) => {
  const { page } = await open(browser)
  await signIn(page, 'sanne', '/settings/tokens')
  await page.getByLabel('What is it for?').fill('nightly export')
  await page.getByRole('button', { name: 'Make the token' }).click()
  const token = await page.getByRole('status').locator('code').innerText()
  const { url } = world()
  const headers = { authorization: `Bearer ${token}`, origin: url }
  expect((await request.get(`${url}/api/console/people`, { headers })).status()).toBe(200)
  const write = await request.post(`${url}/api/console/tokens`, { headers, data: { name: 'more', days: 1 } })
  expect(write.status()).toBe(403)
  await page
    .getByRole('row', { name: /nightly export/ })
    .getByRole('link', { name: 'Revoke…' })
    .click()
  await page.getByRole('button', { name: 'Revoke nightly export' }).click()
  await expect(page.getByText('The token no longer works.')).toBeVisible()
  expect((await request.get(`${url}/api/console/people`, { headers })).status()).toBe(401)
})

test('what an administrator asks of a ciso waits, and says for whom', async ({ browser }) => {
  const { page: administrator } = await open(browser)
  await signIn(administrator, 'noor', '/settings/people')
  await administrator.getByRole('link', { name: 'Bram Castellane' }).click()
  await administrator.getByRole('link', { name: 'Change roles…' }).click()
  await administrator.getByRole('checkbox', { name: 'ciso' }).check()
  await administrator.getByLabel(/^Why/).fill('Second pair of eyes.')
  await administrator.getByRole('button', { name: 'Change the roles' }).click()
  await expect(administrator.getByText('A ciso co-signs what an administrator does to a ciso.')).toBeVisible()
  await expect(administrator.getByRole('button', { name: 'Co-sign' })).toHaveCount(0)
  const { page: ciso } = await open(browser)
  await signIn(ciso, 'ilse', '/settings/people')
  await ciso.getByRole('button', { name: 'Refuse' }).click()
  await expect(ciso.getByText('Refused. Nothing is changed.')).toBeVisible()
})

const OUTSIDE = ['/login', '/join/nonsense', '/welcome/nonsense', '/new-password/nonsense']
const SETTINGS = ['', '/sessions', '/tokens', '/on-call', '/organisation', '/people', '/people?act=invite']
const ACTS = ['', '?act=edit', '?act=roles', '?act=password-link', '?act=deactivate', '?at=2026-01-01T00:00:00.000Z']

for (const colorScheme of ['light', 'dark'] as const) {
  const look = async (page: Page, path: string) => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(path)
    expect((await new AxeBuilder({ page }).analyze()).violations, path).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390)
  }

  test(`the pages before the console stand in nobody’s way, ${colorScheme}`, async ({ browser }) => {
    const { page, said } = await open(browser, { colorScheme })
    for (const path of OUTSIDE) await look(page, path)
    expect(said).toEqual([])
  })

  test(`nor do the settings, ${colorScheme}`, async ({ browser }) => {
    const { page, said } = await open(browser, { colorScheme })
    await signIn(page, 'noor')
    for (const path of SETTINGS) await look(page, `/settings${path}`)
    expect(said).toEqual([])
  })

  test(`nor does a person’s page, whatever is asked there, ${colorScheme}`, async ({ browser }) => {
    const { page, said } = await open(browser, { colorScheme })
    await signIn(page, 'noor')
    for (const act of ACTS) await look(page, `/settings/people/${personOf('dana').id}${act}`)
    expect(said).toEqual([])
  })
}
