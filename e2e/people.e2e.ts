import type { Page } from '@playwright/test'
import type { FoundPerson } from '../prisma/scenarios/found'
import { expect, test } from './support/journey'
import { cast, personOf } from './support/world'

/** How a page that was left open finds out that its session is over. */
const ASKS_AGAIN = /^401 GET \/api\/console\/(shell|stream)$/

const signInAs = async (page: Page, { email, password }: Pick<FoundPerson, 'email' | 'password'>) => {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

for (const { key, name, roles } of cast.people) {
  for (const javaScriptEnabled of [true, false]) {
    const role = roles.join(' and ') || 'nobody with a role'
    test(`${role} (${name}) signs in, ${javaScriptEnabled ? 'with' : 'without'} JavaScript, and arrives where they wanted to`, async ({
      browse,
    }) => {
      const page = await browse({ javaScriptEnabled })
      await page.goto('/settings')
      await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
      await signInAs(page, personOf(key))

      await expect(page.getByRole('heading', { level: 1, name: `You are ${name}.` })).toBeVisible()
      await expect(page.getByRole('banner').getByRole('link', { name: name })).toContainText(
        roles.join(', ') || 'no role',
      )
      for (const may of roles) await expect(page.getByRole('term').getByText(may, { exact: true })).toBeVisible()
    })
  }
}

test('a wrong password and an unknown address are told the same, and nothing is lost but the password', async ({
  browse,
}) => {
  const page = await browse()
  await page.goto('/login')
  const said: (string | null)[] = []
  for (const email of [personOf('sanne').email, 'nobody@quillhaven.example']) {
    await signInAs(page, { email, password: 'not the password of anybody' })
    await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
    said.push(await page.getByRole('main').getByRole('alert').textContent())
    await expect(page.getByLabel('Email')).toHaveValue(email)
    await expect(page.getByLabel('Password')).toHaveValue('')
  }
  expect(said[0]).toBe(said[1])
  await page.goto('/settings')
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
})

test('a page that is not for somebody says why, and for whom it is', async ({ as }) => {
  const page = await as('dana')
  await page.goto('/settings/organisation')
  const main = page.getByRole('main')
  await expect(main.getByText('This page is not for you.')).toBeVisible()
  await expect(main).toContainText('An administrator, a ciso or an auditor sees the organisation’s settings.')
  await expect(main).toContainText('You are an analyst.')
  await expect(main.getByRole('button')).toHaveCount(0)
})

test('whose role was taken away while a form was open is told so when they send it', async ({ as, browse }) => {
  const administrator = await as('noor')
  await administrator.goto('/settings/people?act=invite')
  await administrator.getByLabel('Name').fill('Juno Vermeer')
  await administrator.getByLabel('Work email').fill('juno@quillhaven.example')
  await administrator.getByRole('checkbox', { name: /^administrator/ }).check()
  await administrator.getByRole('button', { name: 'Make their link' }).click()
  const juno = await browse()
  await juno.goto((await administrator.getByRole('status').locator('code').textContent()) ?? '')
  await juno.getByLabel('Password').fill('four words nobody would guess')
  await juno.getByRole('button', { name: 'Join' }).click()
  await expect(juno.getByRole('banner').getByRole('link', { name: /Juno Vermeer/ })).toBeVisible()
  await juno.goto('/settings/people?act=invite')
  await juno.getByLabel('Name').fill('A friend of mine')
  await juno.getByLabel('Work email').fill('friend@quillhaven.example')

  await administrator.goto('/settings/people')
  await administrator.getByRole('link', { name: 'Juno Vermeer' }).click()
  await administrator.getByRole('link', { name: 'Change roles…' }).click()
  await administrator.getByRole('checkbox', { name: /^administrator/ }).uncheck()
  await administrator.getByRole('textbox', { name: 'Why' }).fill('Moved to another company.')
  await administrator.getByRole('button', { name: 'Change the roles' }).click()
  await expect(administrator.getByRole('heading', { level: 1, name: 'Juno Vermeer' })).toBeVisible()

  await juno.getByRole('button', { name: 'Make their link' }).click()
  await expect(juno.getByText('An administrator invites people. You are somebody without a role.')).toBeVisible()
  await administrator.goto('/settings/people')
  await expect(administrator.getByText('friend@quillhaven.example')).toHaveCount(0)
})

test('signing out ends the session, also for a page that was left open', async ({ browse, complaints }) => {
  complaints.expect(ASKS_AGAIN)
  const page = await browse()
  await page.goto('/settings/sessions')
  await signInAs(page, personOf('bram'))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await page.goBack()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
})

test('a session that is ended elsewhere is over here at once, without a click', async ({ browse, complaints }) => {
  complaints.expect(ASKS_AGAIN)
  const here = await browse({ userAgent: 'The browser on the train' })
  await here.goto('/settings/sessions')
  await signInAs(here, personOf('bram'))
  await expect(here.getByRole('heading', { level: 1, name: /^You are signed in/ })).toBeVisible()

  const elsewhere = await browse()
  await elsewhere.goto('/settings/sessions')
  await signInAs(elsewhere, personOf('bram'))
  await elsewhere
    .getByRole('row', { name: /The browser on the train/ })
    .getByRole('button', { name: 'End it' })
    .click()
  await expect(elsewhere.getByRole('row', { name: /The browser on the train/ })).toHaveCount(0)

  await expect(here.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
})
