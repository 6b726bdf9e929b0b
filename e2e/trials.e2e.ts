import { boundaryOf, exportContacts, governedAgent, readTicket, refund } from './support/agents'
import { expect, sessionOf, test } from './support/journey'
import AxeBuilder from '@axe-core/playwright'

const SLUG = 'tried-on-the-past'

test('a draft is tried on the past: each number leads to the entries behind it, and the result is recorded', async ({
  as,
}) => {
  const client = await governedAgent(SLUG)
  const read = await client.propose(readTicket('SUP-1'))
  await client.propose(readTicket('SUP-2'))
  await client.propose(refund('A-1'))
  await client.propose(exportContacts)

  const owner = await sessionOf('priya')
  const source = boundaryOf(SLUG).replace('never:\n', 'never:\n  - tickets.read\n')
  const { version } = await owner.post<{ version: number }>(`/api/console/boundaries/${SLUG}/draft`, {
    source,
    note: 'Nobody reads tickets',
  })

  const page = await as('ilse')
  await page.goto(`/boundaries/${SLUG}/${String(version)}`)
  await page.getByRole('button', { name: 'Try it on the past' }).click()
  await expect(page).toHaveURL(new RegExp(`/boundaries/${SLUG}/${String(version)}/past$`))
  const figures = page.getByRole('list', { name: 'How many decisions would have been others' })
  await expect(figures).toBeVisible({ timeout: 20_000 })
  await expect(figures).toContainText('2 keep their answer')
  await figures.getByRole('link').first().click()
  await expect(page).toHaveURL(/was=allow&would=forbid/)
  const table = page.getByRole('group', { name: 'Decisions that would have been others' })
  await expect(table.getByRole('row')).toHaveCount(3)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  await table.getByRole('link').last().click()
  await expect(page).toHaveURL(new RegExp(`/audit/actions/${read.id}`))

  await page.goto(`/audit?q=${encodeURIComponent(`agent:${SLUG} kind:boundary.simulated`)}`)
  await expect(page.getByText('Boundary tried on the past').first()).toBeVisible()
})
