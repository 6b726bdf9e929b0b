import type { Page } from '@playwright/test'
import { boundaryOf, governedAgent, readTicket, refund } from './support/agents'
import { expect, sessionOf, test } from './support/journey'
import { personOf } from './support/world'

/** Saves a draft as its owner would; answers the page of the version. */
async function drafted(slug: string, source: string, note = ''): Promise<string> {
  const priya = await sessionOf('priya')
  const { version } = await priya.post<{ version: number }>(`/api/console/boundaries/${slug}/draft`, { source, note })
  return `/boundaries/${slug}/${version}`
}

async function readThrough(page: Page, address: string): Promise<void> {
  await page.goto(address)
  const views = page.getByRole('navigation', { name: 'Ways to read the change' })
  for (const view of ['Rules', 'Source']) {
    await views.getByRole('link', { name: new RegExp(view) }).click()
    await expect(
      page.getByRole('complementary', { name: 'Signature' }).getByText(`${view} viewed`, { exact: true }),
    ).toBeVisible()
  }
}

test('who drafted less puts it in force alone, and what runs is bound by it at once', async ({ as }) => {
  const program = await governedAgent('tightened')
  expect(await program.propose(readTicket('T-1'))).toMatchObject({ decision: 'allow' })
  const address = await drafted('tightened', boundaryOf('tightened').replace('  tickets: [read, write]\n', ''))
  const priya = await as('priya')
  await priya.goto(address)
  await expect(priya.getByRole('heading', { level: 1 })).toContainText('narrows')
  await expect(priya.getByText('it takes nobody else')).toBeVisible()
  await priya.getByLabel('Why it is tightened').fill('It answers tickets from a copy now.')
  await priya.getByRole('button', { name: 'Put version 2 in force now' }).click()
  await expect(priya.getByRole('heading', { level: 1 })).toHaveText(
    'Version 2 of tightened was tightened by Priya Lindholm.',
  )
  expect(await program.propose(readTicket('T-2'))).toMatchObject({
    decision: 'forbid',
    reason: { code: 'out_of_scope' },
  })
  const agent = await as('dana')
  await agent.goto('/agents/tightened')
  await expect(agent.getByText('Read at crm', { exact: true })).toBeVisible()
})

test('who widens says why for each category, and the next widening waits or takes two people', async ({ as }) => {
  const slug = 'widened'
  await governedAgent(slug)
  const wider = boundaryOf(slug)
    .replace('crm:     [read]', 'crm:     [read, write]')
    .replace('never:\n  - crm.export_contacts\n', '')
  const ilse = await as('ilse')
  await readThrough(ilse, await drafted(slug, wider))
  const panel = ilse.getByRole('complementary', { name: 'Signature' })
  await expect(panel.getByText('It widens 2 categories at once. Each asks why.')).toBeVisible()
  await panel.getByLabel('Why this widening is justified').fill('The refund desk moved here.')
  await panel.getByLabel('Why it widens scopes').fill('It writes notes.')
  await panel.getByLabel('Why it widens what never happens').fill('Exports go through the gateway now.')
  await panel.getByRole('button', { name: 'Sign version 2' }).click()
  await expect(ilse.getByRole('heading', { level: 1 })).toHaveText(`Version 2 of ${slug} is signed by Ilse Tamm.`)

  const address = await drafted(slug, `${wider}limits: {calls_per_day: 5}\nautonomous: [tickets.close]\n`)
  await ilse.goto(address)
  await expect(panel.getByText('a widening is watched until')).toBeVisible()
  await expect(panel.getByRole('button', { name: 'Sign version 3' })).toHaveCount(0)
  const dana = await as('dana')
  await dana.goto(address)
  await dana.getByLabel('Why it cannot wait').fill('The season begins on Monday.')
  await dana.getByRole('button', { name: 'Ask a second person' }).click()
  await expect(dana.getByText('Asked. Another person has to agree.')).toBeVisible()
  await expect(dana.getByRole('button', { name: 'Agree that it need not wait' })).toHaveCount(0)
  await ilse.goto(address)
  await panel.getByRole('button', { name: 'Agree that it need not wait' }).click()
  await expect(panel.getByText('agreed. A ciso of the two signs it.')).toBeVisible()
  await readThrough(ilse, address)
  await panel.getByLabel('Why this widening is justified').fill('Two of us looked at the log.')
  await panel.getByRole('button', { name: 'Sign version 3' }).click()
  await expect(ilse.getByRole('heading', { level: 1 })).toHaveText(`Version 3 of ${slug} is signed by Ilse Tamm.`)
})

test('a person the boundary names answers without a role, and an analyst it does not name is told so', async ({
  as,
}) => {
  const slug = 'named-approver'
  const source = boundaryOf(slug).replace(
    '  - crm.refund_request',
    `  - {tool: crm.refund_request, by: ${personOf('ilse').email}, within: 4h}`,
  )
  const program = await governedAgent(slug)
  const ilse = await as('ilse')
  await readThrough(ilse, await drafted(slug, source))
  const panel = ilse.getByRole('complementary', { name: 'Signature' })
  await panel.getByLabel(/Why/).first().fill('Refunds are answered by who pays them.')
  await panel.getByRole('button', { name: 'Sign version 2' }).click()
  await expect(ilse.getByRole('heading', { level: 1 })).toContainText('is signed by Ilse Tamm')

  const held = await program.propose(refund('A-7100'))
  await ilse.goto(`/approvals/${held.approval?.id}`)
  await ilse.getByRole('radio', { name: 'Approve it' }).check()
  const dana = await as('dana')
  await dana.goto(`/approvals/${held.approval?.id}`)
  await expect(dana.getByText('This takes somebody with another role.').first()).toBeVisible()
  await ilse.getByLabel('Reason').fill('I pay it.')
  await ilse.getByRole('button', { name: 'Approve this action' }).click()
  await expect(ilse.getByText('You approved it.').first()).toBeVisible()
})
