import type { Page } from '@playwright/test'
import { governedAgent, refund } from './support/agents'
import { requestOn } from './support/approvals'
import { expect, test } from './support/journey'
import { tabTo } from './support/keyboard'

const group = (page: Page, name: string) => page.getByRole('region', { name }).getByRole('link')

test('two people, one request: each sees what the other does, and nobody is held up', async ({ as }) => {
  const program = await governedAgent('two-watch-it')
  const [dana, bram] = [await as('dana'), await as('bram')]
  await Promise.all([dana.goto('/approvals'), bram.goto('/approvals')])
  const held = await program.propose(refund('A-9101'))
  await Promise.all([expect(requestOn(dana, 'A-9101')).toBeVisible(), expect(requestOn(bram, 'A-9101')).toBeVisible()])

  // it is read: the other one sees by whom
  await dana.goto(`/approvals/${held.approval?.id ?? ''}`)
  await expect(requestOn(bram, 'A-9101')).toContainText('Dana is looking')
  await dana.getByRole('button', { name: 'I take it' }).click()
  await expect(requestOn(bram, 'A-9101')).toContainText('Dana has it')
  await expect(group(bram, 'Taken by somebody else').filter({ hasText: 'A-9101' })).toBeVisible()
  await expect(dana.getByText('You have taken it')).toBeVisible()

  // a courtesy, no lock: Bram answers it all the same, and it is gone from both lists
  await bram.goto(`/approvals/${held.approval?.id ?? ''}`)
  await expect(bram.getByText('Dana Whitlock has taken it')).toBeVisible()
  await expect(dana.getByText('Bram Castellane is looking')).toBeVisible()
  await bram.getByRole('radio', { name: 'Approve it' }).check()
  await bram.getByLabel('Reason').fill('The policy had ended.')
  await bram.getByRole('button', { name: 'Approve this action' }).click()
  expect(await program.settled(held)).toMatchObject({ status: 'approved' })
  await expect(dana.getByText(/Bram Castellane approved it/)).toBeVisible()
  await expect(requestOn(dana, 'A-9101')).toHaveCount(0)
  await expect(requestOn(bram, 'A-9101')).toHaveCount(0)

  // what is closed is not looked at any more
  const next = await program.propose(refund('A-9102'))
  await dana.goto(`/approvals/${next.approval?.id ?? ''}`)
  await expect(requestOn(bram, 'A-9102')).toContainText('Dana is looking')
  const beside = await dana.context().newPage()
  await beside.goto(`/approvals/${next.approval?.id ?? ''}`)
  await expect(beside.getByRole('region', { name: 'Who is looking' })).toBeVisible()
  await dana.close()
  // still open in another tab of hers
  await bram.waitForTimeout(1_500)
  await expect(requestOn(bram, 'A-9102')).toContainText('Dana is looking')
  await beside.close()
  // a tab that could not say that it goes is believed to look until its lease is over
  await expect(requestOn(bram, 'A-9102')).not.toContainText('Dana is looking', { timeout: 90_000 })
  await program.withdraw(next.id)
  await expect(requestOn(bram, 'A-9102')).toHaveCount(0)
})

test('eight tabs share one stream, and go on when the tab that held it is closed', async ({ as }) => {
  const [program, another] = [await governedAgent('eight-tabs'), await governedAgent('eight-tabs-more')]
  const first = await as('dana')
  const context = first.context()
  const streams: string[] = []
  context.on('request', (request) => {
    if (request.url().endsWith('/api/console/stream')) streams.push(request.url())
  })
  await first.goto('/approvals')
  const others = await Promise.all(Array.from({ length: 7 }, () => context.newPage()))
  for (const tab of others) await tab.goto('/approvals')
  const one = await program.propose(refund('A-9201'))
  for (const tab of [first, ...others]) await expect(requestOn(tab, 'A-9201')).toBeVisible()
  expect(streams).toHaveLength(1)

  await first.close()
  const two = await another.propose(refund('A-9202'))
  for (const tab of others) await expect(requestOn(tab, 'A-9202')).toBeVisible()
  expect(streams).toHaveLength(2)
  await program.withdraw(one.id)
  await another.withdraw(two.id)
  for (const tab of others) await expect(requestOn(tab, 'A-9202')).toHaveCount(0)
})

test('without a network the page says so and takes no verdict, and both come back', async ({ as, complaints }) => {
  const program = await governedAgent('goes-offline')
  const held = await program.propose(refund('A-9301'))
  const dana = await as('dana')
  await dana.goto(`/approvals/${held.approval?.id ?? ''}`)
  await dana.getByRole('radio', { name: 'Approve it' }).check()
  await dana.getByLabel('Reason').fill('The policy had ended.')
  await expect(dana.getByRole('button', { name: 'Approve this action' })).toBeEnabled()

  complaints.expect(/ERR_INTERNET_DISCONNECTED/)
  await dana.context().setOffline(true)
  await expect(dana.getByText(/Not live for/)).toBeVisible({ timeout: 15_000 })
  const button = dana.getByRole('button', { name: 'Approve this action' })
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(button).toHaveAccessibleDescription('This page is not live, so what it shows may be out of date.')
  await button.click({ force: true })
  expect(await program.read(held.id)).toMatchObject({ status: 'held' })

  await dana.context().setOffline(false)
  await expect(dana.getByText(/Not live for/)).toHaveCount(0, { timeout: 15_000 })
  await button.click()
  expect(await program.settled(held)).toMatchObject({ status: 'approved' })
})

test('the keys lead along the list and to the form, and commit nothing', async ({ as }) => {
  // of one agent the two would be one row
  const programs = [await governedAgent('keys-of-the-inbox'), await governedAgent('keys-of-the-inbox-too')] as const
  const held = [await programs[0].propose(refund('A-9401')), await programs[1].propose(refund('A-9402'))] as const
  const still = async () => [await programs[0].read(held[0].id), await programs[1].read(held[1].id)]
  const dana = await as('dana')
  await dana.goto('/approvals')
  const [one, two] = [requestOn(dana, 'A-9401'), requestOn(dana, 'A-9402')]
  // the keys are heard once the page's program runs
  await expect(async () => {
    await one.focus()
    await dana.keyboard.press('j')
    await expect(two).toBeFocused({ timeout: 1_000 })
  }).toPass()
  await dana.keyboard.press('k')
  await expect(one).toBeFocused()
  await dana.keyboard.press('e')
  await expect(one).toContainText('you have it')
  await dana.keyboard.press('e')
  await expect(one).not.toContainText('you have it')

  await two.focus()
  await dana.keyboard.press('d')
  await expect(dana.getByRole('radio', { name: 'Reject it' })).toBeFocused()
  await expect(two).toHaveAttribute('aria-current', 'page')
  await expect(dana.getByRole('radio', { name: 'Reject it' })).not.toBeChecked()
  // typed in a field, a key is a letter
  await dana.getByLabel('Reason').fill('')
  await dana.getByLabel('Reason').pressSequentially('jade?')
  await expect(dana.getByLabel('Reason')).toHaveValue('jade?')

  await two.focus()
  await dana.keyboard.press('?')
  await expect(dana.getByRole('dialog', { name: 'Keys of the inbox' })).toBeVisible()
  await dana.keyboard.press('Escape')
  await expect(two).toBeFocused()
  for (const one of await still()) expect(one).toMatchObject({ status: 'held' })

  await dana.goto('/settings')
  await tabTo(dana, dana.getByRole('button', { name: 'Switch the keys off' }))
  await dana.keyboard.press('Enter')
  await expect(dana.getByRole('button', { name: 'Switch the keys on' })).toBeVisible()
  await dana.goto('/approvals')
  await one.focus()
  await dana.keyboard.press('j')
  await expect(one).toBeFocused()
  await programs[0].withdraw(held[0].id)
  await programs[1].withdraw(held[1].id)
})
