import AxeBuilder from '@axe-core/playwright'
import { governedAgent, readTicket, refund } from './support/agents'
import { liftAll } from './support/halts'
import { expect, test } from './support/journey'
import { tabTo } from './support/keyboard'
import { personOf } from './support/world'

test.afterEach(({ as }) => liftAll(as))

test('an analyst on a phone follows a request to its run, sees where a stranger’s mail came in, and stops it without a pointer', async ({
  as,
}) => {
  const client = await governedAgent('mail-follower')
  const { id } = await client.openRun({})
  const run = { id }
  await client.propose({ ...readTicket('SUP-1'), run })
  await client.propose({ ...readTicket('SUP-2'), run, untrusted_sources: ['mail:<b>stranger</b>@example.com'] })
  const first = await client.propose({ ...refund('A-9501'), run })
  const own = await client.propose({
    ...refund('A-9502'),
    run,
    on_behalf_of: { type: 'user', id: personOf('dana').email },
  })
  const elsewhere = await client.propose(refund('A-9503'))

  const dana = await as('dana')
  await dana.setViewportSize({ width: 390, height: 844 })
  await dana.goto(`/approvals/${first.approval?.id ?? ''}`)
  const link = dana.getByRole('link', { name: id.slice(0, 12) })
  await tabTo(dana, link)
  await dana.keyboard.press('Enter')
  await expect(dana.getByRole('heading', { level: 1, name: 'A run of mail-follower is under way.' })).toBeVisible()

  // in order, and from where the mail came in everything is marked
  const steps = dana.getByRole('region', { name: 'What led here' }).getByRole('listitem')
  await expect(steps.filter({ hasText: 'Untrusted content came in here' })).toHaveCount(1)
  await expect(dana.getByText('mail:<b>stranger</b>@example.com')).toBeVisible()
  await expect(dana.getByRole('region', { name: 'Still pending' }).getByRole('link')).toHaveCount(2)
  // two hops to the human
  await expect(dana.getByRole('link', { name: personOf('priya').name }).first()).toBeVisible()

  // what it does is said before, and nothing is chosen for them
  const button = dana.getByRole('button', { name: 'Reject 1 request and halt this run' })
  await expect(dana.getByText(/1 request you may not answer stays, frozen by the halt\./)).toBeVisible()
  const why = dana.getByLabel('Why')
  await expect(why).toHaveValue('')
  await tabTo(dana, why)
  await dana.keyboard.type('It follows what a stranger wrote')
  await tabTo(dana, button)
  await dana.keyboard.press('Enter')

  await expect(dana.getByRole('heading', { level: 1, name: 'A run of mail-follower is halted.' })).toBeVisible()
  const done = dana.getByRole('region', { name: 'What stopping it did' })
  await expect(done.getByRole('listitem').filter({ hasText: 'Rejected' }).filter({ hasText: 'A-9501' })).toHaveCount(1)
  await expect(
    done.getByRole('listitem').filter({ hasText: 'Not rejected' }).filter({ hasText: 'A-9502' }),
  ).toContainText('on your behalf')

  expect(await client.read(first.id)).toMatchObject({ status: 'rejected' })
  expect(await client.read(own.id)).toMatchObject({ status: 'held', frozen: true })
  expect(await client.read(elsewhere.id)).toMatchObject({ status: 'held', frozen: false })
  expect(await client.propose({ ...readTicket('SUP-3'), run })).toMatchObject({ reason: { code: 'halted' } })
  expect(await client.propose(readTicket('SUP-3'))).toMatchObject({ decision: 'allow' })

  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  expect((await new AxeBuilder({ page: dana }).withTags(tags).analyze()).violations).toEqual([])
  expect(await dana.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})

test('ending a run withdraws what it asks, and the page says so by itself', async ({ as }) => {
  const client = await governedAgent('run-ender')
  const { id } = await client.openRun({})
  const held = await client.propose({ ...refund('A-9601'), run: { id } })
  const noor = await as('noor')
  await noor.goto(`/audit/runs/${id}`)
  await expect(noor.getByRole('region', { name: 'Still pending' }).getByRole('link')).toHaveCount(1)
  await client.endRun(id)
  expect(await client.read(held.id)).toMatchObject({ status: 'withdrawn' })
  await expect(
    noor.getByRole('heading', { level: 1, name: 'A run of run-ender was ended by its agent.' }),
  ).toBeVisible()
  await expect(noor.getByText('because the run ended')).toBeVisible()
  await expect(noor.getByText('Nothing of it is pending.')).toBeVisible()
})
