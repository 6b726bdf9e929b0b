import type { Page } from '@playwright/test'
import { governedAgent, refund } from './support/agents'
import { expect, sessionOf, test } from './support/journey'
import { tabTo } from './support/keyboard'

/** A change of code that this organisation's boundaries let an agent make alone. */
const change = (ticket: string, line: string) => ({
  tool: 'tickets.add_comment',
  arguments: { ticket, diff: `@@ -1,2 +1,1 @@\n-if (!user.may('pay')) return\n+${line}` },
  resource: { type: 'ticket', id: ticket },
})

/** Along the queue by j, until the focus is on a row that names this agent. */
async function jTo(page: Page, agent: string): Promise<void> {
  const links = page.getByRole('group', { name: /^Reviews owed/ }).getByRole('link')
  await tabTo(page, links.first())
  const rows = await page
    .getByRole('group', { name: /^Reviews owed/ })
    .getByRole('row')
    .allTextContents()
  const wanted = rows.slice(1).findIndex((row) => row.includes(agent))
  for (let row = 0; row < wanted; row += 1) await page.keyboard.press('j')
  await expect(links.nth(wanted)).toBeFocused()
}

/** Waits until the queue knows of a change: it learns from the log. */
async function owed(id: string): Promise<void> {
  const dana = await sessionOf('dana')
  await expect
    .poll(async () => (await dana.get<{ rows: { id: string }[] }>('/api/console/reviews')).rows.map((row) => row.id))
    .toContain(id)
}

test('a change of code an agent made alone waits for a named person, who looks at it without a pointer', async ({
  as,
}) => {
  const program = await governedAgent('code-changer')
  const made = await program.propose(change('SUP-401', 'const agent = { verify: false }'))
  expect(made).toMatchObject({ decision: 'allow', obligations: ['code_review'] })
  const dana = await as('dana')
  await dana.goto('/reviews')
  const row = dana.getByRole('row', { name: /code-changer/ })
  await expect(row).toContainText('Priya Lindholm')
  await expect(
    dana.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: /Reviews.*owed/ }),
  ).toBeVisible()
  await jTo(dana, 'code-changer')
  await dana.keyboard.press('Enter')
  await expect(dana.getByRole('heading', { level: 1 })).toHaveText('code-changer changed code by itself.')
  await expect(dana.getByRole('heading', { level: 1 })).toBeFocused()

  // what it changed, and what a rule saw in it, marked as no verdict
  const noticed = dana.getByRole('group', { name: 'Noticed by a rule, not a verdict' })
  await expect(noticed).toContainText('It stops checking who is at the other end')
  await expect(noticed).toContainText('It takes a condition or a check away')
  await expect(noticed).toContainText("if (!user.may('pay')) return")
  await expect(dana.getByText('A condition that is gone or turned round')).toBeVisible()

  await tabTo(dana, dana.getByRole('radio', { name: 'It looks fine' }))
  await dana.keyboard.press('Space')
  await dana.keyboard.press('ArrowDown')
  await expect(dana.getByRole('radio', { name: /There is a problem/ })).toBeChecked()
  await dana.keyboard.press('Tab')
  await expect(dana.getByLabel('Note')).toBeFocused()
  await dana.keyboard.type('It lets everybody pay.')
  await tabTo(dana, dana.getByRole('button', { name: 'Close this review' }))
  await dana.keyboard.press('Enter')
  await expect(dana.getByText(/Closed: a problem\. An alert names the agent\./)).toBeVisible()

  await dana.goto('/alerts')
  const alert = dana.getByRole('row', { name: /code-changer/ })
  await expect(alert).toContainText('A review found a problem')
  await expect(alert).toContainText('Critical')
  await dana.goto(`/reviews/${made.id}`)
  await expect(dana.getByText('It lets everybody pay.')).toBeVisible()
  await expect(dana.getByRole('button', { name: 'Close this review' })).toHaveCount(0)
})

test('a problem says what it is, and of two people who close a review the second is told who was first', async ({
  as,
}) => {
  const program = await governedAgent('code-changer-too')
  const made = await program.propose(change('SUP-402', 'pay()'))
  await owed(made.id)
  const bram = await as('bram', { javaScriptEnabled: false })
  await bram.goto(`/reviews/${made.id}`)
  await bram.getByRole('radio', { name: /There is a problem/ }).check()
  await bram.getByRole('button', { name: 'Close this review' }).click()
  await expect(bram.getByText('Say what is wrong.').first()).toBeVisible()

  await bram.getByRole('radio', { name: /There is a problem/ }).check()
  await bram.getByLabel('Note').fill('Nobody checks the caller.')
  const dana = await sessionOf('dana')
  await dana.post(`/api/console/reviews/${made.id}/closing`, { finding: 'fine' })
  await bram.getByRole('button', { name: 'Close this review' }).click()
  await expect(bram.getByText(/Dana Whitlock closed this review before you/)).toBeVisible()
  await expect(bram.getByText('Nobody checks the caller.')).toBeVisible()
})

test('the owner of an agent may say that its work is wrong, and not that it is fine', async ({ as }) => {
  const program = await governedAgent('code-changer-owned')
  const made = await program.propose(change('SUP-403', 'pay()'))
  await owed(made.id)
  const priya = await as('priya')
  await priya.goto(`/reviews/${made.id}`)
  await expect(priya.getByRole('radio', { name: /It looks fine/ })).toBeDisabled()
  await expect(priya.getByText(/You answer for this agent, so somebody else says/)).toBeVisible()
  await expect(priya.getByRole('radio', { name: /There is a problem/ })).toBeEnabled()
})

test('a ciso says what to look for, everybody reads it, and what an approver ticks goes with their verdict', async ({
  as,
}) => {
  const ilse = await as('ilse')
  await ilse.goto('/settings/scrutiny')
  await tabTo(ilse, ilse.getByRole('link', { name: 'Add something' }))
  await ilse.keyboard.press('Enter')
  await ilse.getByLabel('In', { exact: true }).selectOption('payment')
  await ilse.getByLabel('In a few words').fill('A refund that was paid before')
  await ilse.getByLabel('What to look for', { exact: true }).fill('Look for the order in the last refunds.')
  await ilse.getByLabel('Place in the list').fill('1')
  await ilse.getByRole('button', { name: 'Add it' }).click()
  await expect(ilse.getByText('Added. Approvers see it from now on.')).toBeVisible()

  const program = await governedAgent('refund-looked-at')
  const held = await program.propose(refund('A-4401'))
  const dana = await as('dana')
  await dana.goto('/settings/scrutiny')
  await expect(dana.getByText('A refund that was paid before')).toBeVisible()
  await expect(dana.getByRole('link', { name: 'Add something' })).toHaveCount(0)

  await dana.goto(`/approvals/${held.approval?.id ?? ''}`)
  const box = dana.getByRole('checkbox', { name: /^A refund that was paid before/ })
  await expect(box).not.toBeChecked()
  await tabTo(dana, box)
  await dana.keyboard.press('Space')
  await expect(box).toBeChecked()
  const ticked = await box.getAttribute('value')
  await tabTo(dana, dana.getByRole('radio', { name: 'Approve it' }))
  await dana.keyboard.press('Space')
  await dana.getByLabel('Reason').fill('Looked, and it was not.')
  const sent = dana.waitForRequest((request) => request.url().endsWith('/verdict'))
  await dana.keyboard.press('Control+Enter')
  const body = (await sent).postDataJSON() as { looked: string[] }
  expect(body.looked).toEqual([ticked])
  expect(await program.settled(held)).toMatchObject({ status: 'approved' })
})
