import { exportContacts, governedAgent, refund } from './support/agents'
import { expect, sessionOf, test } from './support/journey'

test('forbidden proposals raise one alert that grows louder until somebody says what they found', async ({ as }) => {
  const program = await governedAgent('leads-exporter')
  const dana = await as('dana')
  await dana.goto('/alerts')
  const row = dana.getByRole('row', { name: /leads-exporter/ })
  await expect(row).toHaveCount(0)

  // the first one is heard without a reload
  expect(await program.propose(exportContacts)).toMatchObject({ decision: 'forbid', reason: { code: 'never' } })
  await expect(row).toContainText('Warning')
  await expect(row).toContainText('Forbidden action proposed')
  await expect(row).toContainText('Priya Lindholm')

  await program.propose(exportContacts)
  await program.propose(exportContacts)
  await expect(row).toContainText('Critical')
  await expect(row).toHaveCount(1)
  await expect(
    dana.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: /Alerts.*not acknowledged/ }),
  ).toBeVisible()

  await row.getByRole('link', { name: 'Forbidden action proposed' }).click()
  await expect(dana.getByRole('heading', { level: 1 })).toHaveText(
    'leads-exporter proposed what is forbidden, 3 times.',
  )
  const raised = dana.getByRole('group', { name: 'What raised it' })
  await expect(raised.getByRole('link')).toHaveCount(3)
  await raised.getByRole('link').first().click()
  await expect(dana.getByRole('heading', { name: 'Decided: forbid' })).toBeVisible()
  await dana.goBack()

  // somebody else looks at it, too
  const bram = await as('bram')
  await bram.goto(dana.url())
  await dana.getByLabel('What you found').fill('Planted by a ticket. Its source is blocked.')
  await dana.getByRole('button', { name: /^Acknowledge/ }).click()
  await expect(dana.getByText('Acknowledged. The next occurrence raises a new alert.')).toBeVisible()
  await expect(row).toHaveCount(0)
  await expect(bram.getByText('Dana Whitlock')).toBeVisible()
  await expect(bram.getByText('Planted by a ticket. Its source is blocked.')).toBeVisible()

  await program.propose(exportContacts)
  await expect(row).toContainText('Warning')
  await dana.getByRole('link', { name: 'All', exact: true }).click()
  await expect(row).toHaveCount(2)
})

test('two people acknowledge the same alert: the second is told who was first, and what they wrote is kept', async ({
  as,
}) => {
  const program = await governedAgent('refund-hopeful')
  const held = await program.propose(refund('A-7001'))
  const dana = await sessionOf('dana')
  const { digest } = held
  await dana.post(`/api/console/approvals/${held.approval?.id}/verdict`, {
    answer: 'reject',
    reason: 'Not due.',
    digest,
  })

  // without JavaScript nothing tells the second that the first was there
  const bram = await as('bram', { javaScriptEnabled: false })
  await expect(async () => {
    await bram.goto('/alerts')
    await expect(bram.getByRole('row', { name: /refund-hopeful/ })).toContainText('Notice', { timeout: 2_000 })
  }).toPass()
  await bram
    .getByRole('row', { name: /refund-hopeful/ })
    .getByRole('link', { name: 'Proposal rejected by a person' })
    .click()
  await bram.getByLabel('What you found').fill('A refund that was not due.')
  await dana.post(`/api/console${new URL(bram.url()).pathname}/acknowledgement`, { note: 'Talked to its owner.' })
  await bram.getByRole('button', { name: /^Acknowledge/ }).click()
  await expect(bram.getByText('Somebody acknowledged this alert before you.')).toBeVisible()
  await expect(bram.getByText('Talked to its owner.')).toBeVisible()
  await expect(bram.getByText('A refund that was not due.')).toBeVisible()
})
