import { expect, test } from './support/journey'
import { world } from './support/world'

test('an invitation is made, taken up once, and ends at once with the account, all without a script', async ({
  as,
  browse,
  complaints,
}) => {
  complaints.expect(/^401 GET \/api\/console\/(shell|stream)$/)
  const noor = await as('noor', { javaScriptEnabled: false })
  await noor.goto('/settings/people')
  await noor.getByRole('link', { name: 'Invite somebody' }).click()
  await noor.getByLabel('Name').fill('Tomas Berg')
  await noor.getByLabel('Work email').fill('Tomas@Quillhaven.example')
  await noor.getByRole('checkbox', { name: 'administrator' }).check()
  await noor.getByRole('checkbox', { name: 'analyst' }).check()
  await noor.getByRole('button', { name: 'Make their link' }).click()
  await expect(noor.getByText('An administrator signs and approves nothing').first()).toBeVisible()
  await expect(noor.getByLabel('Name')).toHaveValue('Tomas Berg')
  await noor.getByRole('checkbox', { name: 'administrator' }).uncheck()
  await noor.getByRole('button', { name: 'Make their link' }).click()
  const link = await noor.getByRole('status').locator('code').innerText()

  const tomas = await browse()
  await tomas.goto(link)
  await tomas.getByLabel('Password').fill('tomasberg1234')
  await tomas.getByRole('button', { name: 'Join' }).click()
  await expect(tomas.getByText('It is little more than your name').first()).toBeVisible()
  await tomas.getByLabel('Password').fill('walnut ferry seventeen')
  await tomas.getByRole('button', { name: 'Join' }).click()
  await expect(tomas.getByRole('banner').getByRole('link', { name: /Tomas Berg/ })).toBeVisible()
  await tomas.goto('/settings/people')
  await expect(tomas.getByRole('row', { name: /Tomas Berg/ })).toContainText('analyst')

  const late = await browse()
  await late.goto(link)
  await expect(late.getByRole('heading', { level: 1 })).toHaveText('This link no longer works')

  await noor.goto('/settings/people')
  await noor.getByRole('link', { name: 'Tomas Berg' }).click()
  await noor.getByRole('link', { name: 'Deactivate…' }).click()
  await noor.getByLabel(/^Why/).fill('Left the company.')
  await noor.getByRole('button', { name: 'Deactivate Tomas Berg' }).click()
  await expect(noor.getByRole('status').filter({ hasText: 'Deactivated.' })).toBeVisible()
  // whoever is signed out while a page is open is led to the sign-in page
  await expect(tomas.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
})

test('a read-only token is shown once, reads, writes nothing, and ends when it is revoked', async ({ as, request }) => {
  const sanne = await as('sanne')
  await sanne.goto('/settings/tokens')
  await sanne.getByLabel('What is it for?').fill('nightly export')
  await sanne.getByRole('button', { name: 'Make the token' }).click()
  const token = await sanne.getByRole('status').locator('code').innerText()
  const { url } = world()
  const headers = { authorization: `Bearer ${token}`, origin: url }
  expect((await request.get(`${url}/api/console/people`, { headers })).status()).toBe(200)
  const write = await request.post(`${url}/api/console/tokens`, { headers, data: { name: 'more', days: 1 } })
  expect(write.status()).toBe(403)
  await sanne
    .getByRole('row', { name: /nightly export/ })
    .getByRole('link', { name: 'Revoke…' })
    .click()
  await sanne.getByRole('button', { name: 'Revoke nightly export' }).click()
  await expect(sanne.getByText('The token no longer works.')).toBeVisible()
  expect((await request.get(`${url}/api/console/people`, { headers })).status()).toBe(401)
})

test('what an administrator asks of a ciso waits, and says for whom', async ({ as }) => {
  const noor = await as('noor')
  await noor.goto('/settings/people')
  await noor.getByRole('link', { name: 'Bram Castellane' }).click()
  await noor.getByRole('link', { name: 'Change roles…' }).click()
  await noor.getByRole('checkbox', { name: 'ciso' }).check()
  await noor.getByLabel(/^Why/).fill('Second pair of eyes.')
  await noor.getByRole('button', { name: 'Change the roles' }).click()
  await expect(noor.getByText('A ciso co-signs what an administrator does to a ciso.')).toBeVisible()
  await expect(noor.getByRole('button', { name: 'Co-sign' })).toHaveCount(0)
  const ilse = await as('ilse')
  await ilse.goto('/settings/people')
  await ilse.getByRole('button', { name: 'Refuse' }).click()
  await expect(ilse.getByText('Refused. Nothing is changed.')).toBeVisible()
})
