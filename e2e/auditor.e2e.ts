import { createHash } from 'node:crypto'
import { governedAgent, readTicket } from './support/agents'
import { expect, sessionOf, test } from './support/journey'
import { personOf } from './support/world'

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content, 'utf8').digest('hex')}`

test('an auditor walks from an entry to the agent to its owner as of then, although it changed hands since', async ({
  as,
}) => {
  const client = await governedAgent('walked-back')
  const action = await client.propose(readTicket('SUP-41'))
  const noor = await sessionOf('noor')
  await noor.post('/api/console/agents/walked-back/owner', { ownerId: personOf('dana').id })
  const page = await as('sanne')
  await page.goto(`/audit/actions/${action.id}`)
  const hops = page.getByRole('region', { name: 'Two hops' }).or(page.locator('.hops'))
  await expect(hops).toContainText('Priya Lindholm')
  await expect(hops).toContainText('handed to Dana Whitlock')
  await hops.getByRole('link', { name: 'walked-back' }).click()
  const then = page.locator('section', { has: page.getByRole('heading', { name: /^As of/ }) })
  await expect(then).toContainText('Priya Lindholm, who registered it')
  await expect(then).toContainText('Handed to Dana Whitlock')
  await then.getByRole('link', { name: 'Priya Lindholm' }).click()
  await expect(page.getByRole('heading', { name: /Answered for/ })).toBeVisible()
  await expect(page.getByRole('link', { name: 'walked-back' })).toBeVisible()
  await page.getByRole('link', { name: 'In a period' }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What Priya Lindholm answered for')
  const row = page
    .getByRole('group', { name: 'Agents answered for' })
    .getByRole('row')
    .filter({ hasText: 'walked-back' })
  await expect(row).toContainText('handed to Dana Whitlock')
  await expect(row.getByRole('cell').nth(2)).toHaveText('1')
})

test('a detection rule is marked, changed with a person’s approval, in force as approved, and fires', async ({
  as,
}) => {
  const name = 'DR-0901'
  const tuner = await governedAgent('rule-writer')
  const siem = await governedAgent('rule-host')
  const ilse = await as('ilse')
  await ilse.goto('/audit/resources')
  await ilse.getByRole('link', { name: 'Protect a resource…' }).click()
  await ilse.getByLabel('Type').fill('detection_rule')
  await ilse.getByLabel('Name').fill(name)
  await ilse.getByLabel('Title').fill('Impossible travel')
  await ilse.getByLabel('Who answers for it').selectOption({ label: 'Dana Whitlock (dana@quillhaven.example)' })
  await ilse.getByLabel('Whose reports count').selectOption('rule-host')
  await ilse.getByLabel('Argument with the new content').fill('text')
  await ilse.getByRole('button', { name: 'Protect it' }).click()
  await expect(ilse.getByRole('heading', { level: 1 })).toHaveText('Impossible travel')
  await expect(ilse.getByText('Nobody has reported which version is in force.')).toBeVisible()

  // a comment is what this agent may write alone, but not about a protected rule
  const held = await tuner.propose({
    tool: 'tickets.add_comment',
    arguments: { ticket: name, text: 'title: Impossible travel, 900 km/h' },
    resource: { type: 'detection_rule', id: name },
    tested_against: [{ data: 'Sign-ins of October', result: '3 of 3 found', passed: true }],
  })
  expect(held).toMatchObject({ decision: 'hold' })
  const bram = await sessionOf('bram')
  await bram.post(`/api/console/approvals/${held.approval?.id ?? ''}/verdict`, {
    answer: 'approve',
    digest: held.digest,
    reason: 'Checked against October',
  })
  const claimed = await tuner.claim(held.id)
  await tuner.report(held.id, claimed.grant?.token ?? '', { status: 'succeeded' })
  const about = { type: 'detection_rule', id: name }
  await siem.inForce(about, { digest: digestOf('title: Impossible travel, 900 km/h') })
  await siem.fired(about, { event: 'e-1', at: new Date().toISOString(), summary: 'Lagos, then Oslo' })

  const page = await as('sanne')
  await page.goto('/audit/resources')
  await page.getByRole('link', { name: 'Impossible travel' }).click()
  await expect(page.getByText('What is in force is what was approved.')).toBeVisible()
  await expect(page.getByText('Checked against October')).toBeVisible()
  await expect(page.getByText('Sign-ins of October')).toBeVisible()
  await expect(page.getByText('Lagos, then Oslo')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Edit' })).toHaveCount(0)

  await siem.inForce(about, { digest: digestOf('changed by hand') })
  await page.reload()
  await expect(page.getByText('What is in force is not what was approved.')).toBeVisible()
})

test('why it did that is one page in plain words, and prints with its proof and without the console', async ({
  as,
}) => {
  const client = await governedAgent('asked-why')
  const { id } = await client.propose({
    ...readTicket('SUP-77'),
    reasoning: { summary: 'Beaconing every 60 s.', signals: ['dns.beacon'], skill: 'beacon-contain', confidence: 0.9 },
    evidence: [{ title: 'A mail <b>from outside</b>', excerpt: 'click', untrusted: true }],
  })
  const page = await as('sanne', { colorScheme: 'dark' })
  await page.goto(`/audit/actions/${id}`)
  const short = page.getByRole('region', { name: 'In short' })
  await expect(short).toContainText('the AI agent asked-why asked to')
  await expect(short).toContainText('in asked-why’s own words, which nobody checked: Beaconing every 60 s.')
  await expect(short).toContainText('signed by Ilse Tamm')
  await expect(short).toContainText('Priya Lindholm answered for the agent at that time')
  await expect(page.getByText('Signals', { exact: true })).toBeVisible()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect(page.getByRole('navigation', { name: 'Console' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
  const paper = page.locator('.printed-proof')
  await expect(paper).toContainText('How to check this page')
  await expect(paper).toContainText(/leads to the root [0-9a-f]{64}/)
  const background = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
  expect(background).toBe('light')
  expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-')
})
