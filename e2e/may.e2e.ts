import { boundaryOf, governedAgent, refund } from './support/agents'
import { liftAll } from './support/halts'
import { expect, sessionOf, test } from './support/journey'

const FREE = (slug: string) =>
  boundaryOf(slug).replace(
    'approval_required:\n  - crm.refund_request',
    'autonomous:\n  - tool: crm.refund_request\n    when: args.amount < 100\n    override: small sums',
  )

test.afterEach(({ as }) => liftAll(as))

test('an auditor asks which agents may refund an order, by keys, and walks to the agent, its owner and the line that says so', async ({
  as,
}) => {
  await governedAgent('aa-asks-first')
  await governedAgent('aa-refunds-alone', FREE('aa-refunds-alone'))
  const sanne = await as('sanne')
  await sanne.goto('/boundaries')
  await sanne.getByRole('link', { name: 'Who may' }).press('Enter')
  await expect(sanne.getByRole('heading', { level: 1 })).toHaveText('Which agents may do this to that?')

  await test.step('what is not right is named, field by field', async () => {
    await sanne.getByLabel('Which agents may do this').fill('no such tool!')
    await sanne.getByLabel('to this kind of thing').fill('order')
    await sanne.keyboard.press('Enter')
    await expect(sanne.getByRole('main').getByRole('alert')).toContainText('Nothing was asked: 2 things are not right.')
    await expect(sanne.getByLabel('which one')).toHaveAttribute('aria-invalid', 'true')
  })

  await test.step('each agent with what would happen, whom it would ask, and why', async () => {
    await sanne.getByLabel('Which agents may do this').fill('crm.refund_request')
    await sanne.getByLabel('which one').fill('A-17')
    await sanne.keyboard.press('Enter')
    const asks = sanne.getByRole('row', { name: /^aa-asks-first/ })
    await expect(asks).toContainText('Asks a person an analyst')
    await expect(asks).toContainText('- crm.refund_request')
    await expect(sanne.getByRole('row', { name: /^aa-refunds-alone/ })).toContainText(
      'May differ with what is not said: autonomous[0]',
    )
  })

  await test.step('with the arguments it is another answer, and the address is the question', async () => {
    await sanne.getByText('Say more of the call').press('Enter')
    await sanne.getByLabel('Arguments').fill('{"order": "A-17", "amount": 20, "currency": "EUR"}')
    await sanne.getByLabel('Only agents with').fill('aa-refunds-alone')
    await sanne.getByRole('button', { name: 'Ask' }).press('Enter')
    await expect(sanne.getByRole('heading', { level: 1 })).toContainText('One agent may do crm.refund_request alone')
    const address = sanne.url()
    await sanne.goto('/')
    await sanne.goto(address)
    await expect(sanne.getByRole('row', { name: /^aa-refunds-alone/ })).toContainText('Alone')
  })

  await test.step('from the answer to the line, the agent and its owner', async () => {
    const row = sanne.getByRole('row', { name: /^aa-refunds-alone/ })
    await row.getByRole('link', { name: /version 1, line/ }).press('Enter')
    await expect(sanne).toHaveURL(/boundaries\/aa-refunds-alone\/1\?view=source#L\d+/)
    await sanne.goBack()
    await row.getByRole('link', { name: 'Priya Lindholm' }).press('Enter')
    await expect(sanne.getByRole('heading', { level: 1 })).toContainText('Priya Lindholm')
    await sanne.goBack()
    await row.getByRole('link', { name: 'aa-refunds-alone', exact: true }).press('Enter')
    await sanne.getByRole('link', { name: 'What it may do' }).press('Enter')
    await expect(sanne.getByRole('row', { name: /^tickets\.read/ })).toContainText('Alone')
    await expect(sanne.getByRole('row', { name: /^crm\.export_contacts/ })).toContainText('Never')
  })
})

test('on a phone and without a script, a halted agent is shown as halted, with what its rules would answer', async ({
  as,
}) => {
  const program = await governedAgent('aa-halted-and-asked')
  await program.propose(refund('A-31'))
  const dana = await sessionOf('dana')
  await dana.post('/api/console/halts', { scope: 'agent', agent: 'aa-halted-and-asked', reason: 'Looks odd' })
  const bram = await as('bram', { javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  await bram.goto('/boundaries/may')
  await bram.getByLabel('Which agents may do this').fill('crm.refund_request')
  await bram.getByRole('button', { name: 'Ask' }).press('Enter')
  const row = bram.getByRole('row', { name: /^aa-halted-and-asked/ })
  await expect(row).toContainText('Halted Otherwise: Asks a person')
  await bram.getByRole('link', { name: 'As a picture' }).press('Enter')
  await expect(bram.getByRole('row', { name: /^aa-halted-and-asked/ })).toContainText('Halted')
  await bram
    .getByRole('row', { name: /^aa-halted-and-asked/ })
    .getByRole('link', { name: 'aa-halted-and-asked' })
    .press('Enter')
  await expect(bram.getByText('Nothing it asks is allowed now.')).toBeVisible()
  const over = await bram.locator('html').evaluate((page) => page.scrollWidth - page.clientWidth)
  expect(over).toBe(0)
})
