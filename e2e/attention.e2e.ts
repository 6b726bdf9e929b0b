import AxeBuilder from '@axe-core/playwright'
import { governedAgent, refund } from './support/agents'
import { requestOn } from './support/approvals'
import { expect, sessionOf, test } from './support/journey'

const SLUG = 'tested-refunder'

test('a ciso plants a test request, an analyst approves it, and is told at once that it was one and what was wrong', async ({
  as,
}) => {
  const program = await governedAgent(SLUG)
  const asked = await program.propose(refund('B-100'))
  const id = asked.approval?.id ?? ''
  const session = await sessionOf('dana')
  const { digest } = await session.get<{ digest: string }>(`/api/console/approvals/${id}`)
  await session.post(`/api/console/approvals/${id}/verdict`, {
    answer: 'approve',
    digest,
    reason: 'Checked against the policy',
  })

  const ilse = await as('ilse')
  await ilse.goto('/approvals')
  await ilse.getByRole('link', { name: 'Are they read?' }).click()
  const form = ilse.getByRole('form', { name: 'Plant a test request now' })
  await form.getByLabel('As if it came from').selectOption(SLUG)
  await form.getByLabel('With one thing wrong').selectOption('amount')
  await form.getByRole('button', { name: 'Plant it now' }).click()
  await expect(ilse.getByText('Planted: it waits in the inbox')).toBeVisible()
  const lines = ilse.getByRole('group', { name: 'Test requests, one by one' })
  await expect(lines.getByRole('row', { name: SLUG })).toContainText('waits')

  const dana = await as('dana')
  await dana.goto('/approvals')
  await requestOn(dana, 'B-100').click()
  await expect(dana.getByRole('heading', { level: 1, name: new RegExp(`^${SLUG} wants to`) })).toBeVisible()
  const verdict = dana.getByRole('form', { name: 'Your verdict' })
  await verdict.getByRole('radio', { name: 'Approve it' }).check()
  await verdict.getByLabel('Reason').fill('Looks as always')
  await verdict.getByRole('button', { name: 'Approve this action' }).click()
  const told = dana.getByRole('alert').filter({ hasText: 'This was a test.' })
  await expect(told).toContainText('You did not find it')
  await expect(told).toContainText('12000')
  await expect(told).toContainText('an amount a hundred times the usual')

  await dana.goto('/approvals/attention')
  await expect(dana.getByRole('group', { name: 'Test requests, one by one' })).toContainText('missed')
  await expect(dana.getByRole('group', { name: 'Test requests found, by team' })).toContainText('Security operations')
  const { violations } = await new AxeBuilder({ page: dana }).analyze()
  expect(violations.map(({ id: rule }) => rule)).toEqual([])

  await ilse.goto('/approvals/attention')
  await expect(lines.getByRole('row', { name: SLUG })).toContainText('Dana Whitlock')
  await ilse.goto(`/audit?q=${encodeURIComponent(`agent:${SLUG} kind:test_request.answered`)}`)
  await expect(ilse.getByText('Test request answered').first()).toBeVisible()
})
