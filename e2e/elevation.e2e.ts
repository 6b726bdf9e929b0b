import { CountersignClient, type Proposal } from '../clients/sdk/client'
import { govern } from '../prisma/scenarios/govern'
import { boundaryOf, governedAgent } from './support/agents'
import { expect, test } from './support/journey'
import { personOf, world } from './support/world'

const SLUG = 'elevated'
const close: Proposal = {
  tool: 'desk.close_ticket',
  arguments: { ticket: 'SUP-1' },
  resource: { type: 'ticket', id: 'SUP-1' },
}

test('an agent gets more for a while from whom the boundary names, shows it, and loses it at once when it is ended', async ({
  as,
}) => {
  const made = await govern(
    world().url,
    {
      slug: SLUG,
      purpose: 'Closes tickets when it is let.',
      team: 'Security operations',
      environment: 'production',
      boundary: `${boundaryOf(SLUG)}elevation:\n  tools: [desk.close_ticket]\n  longest: 2h\n  granted_by: [analyst]\n`,
      data: { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' },
    },
    personOf('priya'),
    personOf('ilse'),
  )
  const program = new CountersignClient({
    server: world().url,
    clientId: made.clientId,
    clientSecret: made.clientSecret,
  })
  expect(await program.propose(close)).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })

  const priya = await as('priya')
  await priya.goto(`/agents/${SLUG}`)
  await priya.getByRole('link', { name: 'Ask for more…' }).click()
  await priya.getByRole('checkbox', { name: 'desk.close_ticket' }).check()
  await priya.getByLabel('For how long').selectOption('30 minutes')
  await priya.getByLabel('What it is needed for').fill('The queue of the storm.')
  await priya.getByRole('button', { name: 'Ask for it' }).click()
  await expect(priya.getByText('Waits for an answer').first()).toBeVisible()
  await expect(priya.getByRole('button', { name: /^Grant/ })).toHaveCount(0)
  expect(await program.propose(close)).toMatchObject({ decision: 'forbid' })

  const dana = await as('dana')
  await dana.goto(`/agents/${SLUG}`)
  await dana.getByLabel('Why', { exact: false }).first().fill('For half an hour.')
  await dana.getByRole('button', { name: /^Grant/ }).click()
  await expect(dana.getByText('In force').first()).toBeVisible()
  expect(await program.propose(close)).toMatchObject({ decision: 'allow', reason: { code: 'elevated' } })

  await dana.getByLabel('Why it ends now').fill('The queue is empty.')
  await dana.getByRole('button', { name: /^End/ }).click()
  await expect(dana.getByText('Ended').first()).toBeVisible()
  expect(await program.propose(close)).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })
})

test('what lies above the ceiling is not offered, and an agent without one is offered nothing', async ({ as }) => {
  await governedAgent('unelevated')
  const priya = await as('priya')
  await priya.goto('/agents/unelevated')
  await expect(priya.getByRole('link', { name: 'Ask for more…' })).toHaveCount(0)
})
