import type { Page } from '@playwright/test'
import { exportContacts, governedAgent, readTicket, refund } from './support/agents'
import { agreeToLift, askToLift, haltsInForce, liftAll } from './support/halts'
import { expect, test } from './support/journey'

test.describe.configure({ mode: 'serial' })

test.afterEach(({ as }) => liftAll(as))

test('the widest halt asks once more, naming what it stops; one agent does not', async ({ as }) => {
  await governedAgent('asked-once')
  const before = await haltsInForce()
  const dana = await as('dana')
  await dana.goto('/halt')
  await expect(dana.getByRole('complementary')).toContainText('On call')
  await dana.getByRole('radio', { name: /The organisation/ }).check()
  const further = dana.getByRole('link', { name: /^Halt (the organisation|\d+ agents)…$/ })
  await expect(further).toBeVisible()
  await expect(dana.getByRole('button', { name: /^Halt (the organisation|\d+ agents)$/ })).toHaveCount(0)
  await expect(dana.getByRole('main')).toContainText('approvals')
  await expect(dana.getByRole('main')).toContainText(/only be asked to stop/)
  await further.click()
  await expect(
    dana.getByRole('heading', { name: /^Halt (the organisation|\d+ agents), all there are\?$/ }),
  ).toBeVisible()
  await expect(dana.getByRole('button', { name: /^Halt (the organisation|\d+ agents)$/ })).toBeVisible()
  await dana.getByRole('link', { name: 'Not now' }).click()
  await expect(dana.getByText('Choose what to stop.')).toBeVisible()
  expect(await haltsInForce()).toEqual(before)

  // without JavaScript the page between the two steps is the question itself
  const plain = await as('dana', { javaScriptEnabled: false })
  await plain.goto('/halt')
  await plain.getByRole('radio', { name: /The organisation/ }).check()
  await plain.getByRole('button', { name: 'Show what it stops' }).click()
  await expect(plain.getByRole('button', { name: /^Halt (the organisation|\d+ agents)$/ })).toBeVisible()

  await dana.goto('/halt?scope=agent&agent=asked-once')
  await expect(dana.getByRole('button', { name: 'Halt asked-once' })).toBeVisible()
})

test('an agent is graded by what was seen of it, wherever it is shown', async ({ as }) => {
  const client = await governedAgent('only-reports')
  const dana = await as('dana')
  await dana.goto('/agents/only-reports')
  await expect(block(dana, 'If it is halted')).toContainText('Not seen')

  const done = await client.propose(readTicket('SUP-1'))
  await client.report(done.id, done.grant?.token ?? '', { status: 'succeeded' })
  await client.propose(exportContacts)
  const held = await client.propose(refund('A-7001'))
  await expect(async () => {
    await dana.goto('/agents/only-reports')
    const found = block(dana, 'If it is halted')
    await expect(found).toContainText('A halt only asks it to stop.', { timeout: 1_000 })
    await expect(found).toContainText('Last seen obeying', { timeout: 1_000 })
  }).toPass()

  await dana.goto('/agents?q=only-reports')
  await expect(dana.getByRole('row', { name: /only-reports/ })).toContainText('Reported')
  await dana.goto(`/approvals/${held.approval?.id ?? ''}`)
  await expect(dana.getByRole('region', { name: 'Behind it' })).toContainText('Reported')
  await dana.goto(`/audit/actions/${done.id}`)
  await expect(dana.getByRole('complementary')).toContainText('Reported')
  await dana.goto('/')
  await expect(block(dana, 'If everything were halted')).toContainText('only be asked to stop')
  await dana.getByRole('link', { name: 'What the grades mean, agent by agent' }).click()
  await expect(dana.getByRole('heading', { level: 1, name: /^A halt would/ })).toBeVisible()
  await expect(dana.getByRole('row', { name: /only-reports/ })).toContainText('were only reported afterwards')
  await client.withdraw(held.id)
})

test('a halt is said everywhere while it stands, and found for ever after', async ({ as, browse }) => {
  await governedAgent('halted-for-an-hour')
  const dana = await as('dana')
  await dana.goto('/agents/halted-for-an-hour')
  await dana.getByRole('link', { name: 'Halt halted-for-an-hour…' }).click()
  await dana.getByLabel('Why').fill('It answers the wrong customers')
  await dana.getByLabel('Look again').selectOption('in an hour')
  await dana.getByRole('button', { name: 'Halt halted-for-an-hour' }).click()
  await expect(dana.getByRole('heading', { level: 1, name: 'halted-for-an-hour is halted.' })).toBeVisible()
  await expect(dana.getByText('Somebody should look again')).toBeVisible()
  const halt = new URL(dana.url()).pathname.split('/').at(-1) ?? ''

  await test.step('who is not signed in is told that something is halted, and not what, by whom or why', async () => {
    const stranger = await browse()
    for (const page of ['/login', '/join/over', '/new-password/over']) {
      await stranger.goto(page)
      await expect(stranger.getByRole('status').filter({ hasText: 'A halt is in force' })).toBeVisible()
      await expect(stranger.getByText(/halted-for-an-hour|wrong customers|Dana Whitlock/)).toHaveCount(0)
    }
  })

  await test.step('settings say it too', async () => {
    await dana.goto('/settings/on-call')
    await expect(dana.getByRole('status').filter({ hasText: 'Agent halted-for-an-hour' })).toBeVisible()
  })

  await askHere(await as('bram'), halt)
  await dana.goto(`/halt/${halt}`)
  await agreeToLift(dana, 'It answers its own again')

  await test.step('the list of all halts has who engaged and who lifted it, and is narrowed by its address', async () => {
    await dana.goto('/halt')
    await dana.getByRole('link', { name: 'All halts' }).click()
    const row = dana.getByRole('row', { name: /halted-for-an-hour/ })
    await expect(row).toContainText('Bram Castellane and Dana Whitlock')
    await expect(row).toContainText('It answers the wrong customers')
    await dana.getByRole('combobox', { name: 'Scope' }).selectOption('tool')
    await dana.getByRole('searchbox', { name: 'Part of what it names' }).fill('halted-for-an-hour')
    await dana.getByRole('button', { name: 'Filter' }).click()
    await expect(dana.getByText('No halt is like that.')).toBeVisible()
    await dana.goto('/halt/history?state=lifted&q=for-an-hour')
    await dana
      .getByRole('row', { name: /halted-for-an-hour/ })
      .getByRole('link')
      .first()
      .click()
    await expect(dana).toHaveURL(new RegExp(`/halt/${halt}$`))
  })
})

/** A matter in an aside, by its headline. */
const block = (page: Page, title: string) => page.locator('section.blk').filter({ hasText: title })

async function askHere(page: Page, halt: string): Promise<void> {
  await page.goto(`/halt/${halt}`)
  await askToLift(page, 'The routing was put right')
}
