import { governedAgent } from './support/agents'
import { expect, test } from './support/journey'
import { world } from './support/world'

const SLUG = 'behind-the-edge'

test('an owner lets a gateway ask for their agent; it is answered, a person approves what it may not alone, and revoking it ends that', async ({
  as,
  request,
}) => {
  await governedAgent(SLUG)
  const priya = await as('priya')
  await priya.goto('/settings/enforcement-points')
  await priya.getByLabel('What asks?').fill('Edge gateway')
  await priya.getByRole('button', { name: 'Make it' }).press('Enter')
  const token = (
    await priya
      .getByText(/^cs_point_/)
      .first()
      .innerText()
  ).trim()
  const ask = (path: string, body: unknown) =>
    request.post(`${world().url}/access/v1/${path}`, {
      data: body,
      headers: { authorization: `Bearer ${token}`, 'x-request-id': 'edge-1' },
    })
  const read = {
    subject: { type: 'agent', id: SLUG },
    action: { name: 'tools/call', properties: { ticket: 'SUP-9' } },
    resource: { type: 'tool', id: 'tickets.read' },
  }
  expect((await (await ask('evaluation', read)).json()).context.reason).toBe('unknown_subject')

  await priya.getByRole('link', { name: 'Let it ask…' }).press('Enter')
  await priya.getByLabel('Which agent of yours?').selectOption(SLUG)
  await priya.getByRole('button', { name: 'Let it ask' }).press('Enter')
  await expect(priya.getByText(`It may ask for ${SLUG} now.`)).toBeVisible()
  const answered = await ask('evaluation', read)
  expect(answered.headers()['x-request-id']).toBe('edge-1')
  expect(await answered.json()).toMatchObject({ decision: true })

  await priya.getByRole('link', { name: SLUG }).press('Enter')
  await expect(priya.getByRole('link', { name: 'Edge gateway' })).toBeVisible()
  await priya.goto('/settings/enforcement-points')
  await priya.getByRole('link', { name: 'Revoke…' }).press('Enter')
  await priya.getByRole('button', { name: 'Revoke Edge gateway' }).press('Enter')
  await expect(priya.getByText('The enforcement point is revoked')).toBeVisible()
  expect((await ask('evaluation', read)).status()).toBe(401)
})
