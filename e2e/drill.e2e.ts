import type { CountersignClient, Refusal } from '../clients/sdk/client'
import { canary } from '../clients/canary/canary'
import { governedAgent, readTicket } from './support/agents'
import { agreeToLift, askToLift } from './support/halts'
import { expect, sessionOf, test } from './support/journey'

/** An agent that answers as a harness does, and one that holds no stream. */
function answers(client: CountersignClient, signal: AbortSignal): Promise<void> {
  return canary(client, { everyMs: 60_000, say: () => undefined }, signal)
}

test('a rehearsal is begun without JavaScript, confirmed by who listens, and says who never answered', async ({
  as,
}) => {
  const stopping = new AbortController()
  const listening = answers(await governedAgent('drilled-listener'), stopping.signal)
  const dana = await as('dana', { javaScriptEnabled: false })
  await dana.goto('/halt/drills')
  await expect(dana.getByRole('heading', { level: 1 })).toContainText(/drill is due (on|since)/)
  await test.step('the coming ones can be taken into a calendar', async () => {
    const [file] = await Promise.all([
      dana.waitForEvent('download'),
      dana.getByRole('link', { name: 'Take the coming drills into your calendar' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('drills.ics')
    const calendar = await (await file.createReadStream()).toArray()
    expect(Buffer.concat(calendar as Buffer[]).toString()).toMatch(
      /^BEGIN:VCALENDAR\r\n[^]*SUMMARY:Drill of the kill switch: everything\r\n/,
    )
  })
  await dana.getByRole('radio', { name: /Rehearsal/ }).check()
  await dana.getByRole('combobox', { name: 'Of what' }).first().selectOption('agent:drilled-listener')
  await dana.getByRole('button', { name: 'Drill', exact: true }).click()
  await expect(dana.getByRole('heading', { level: 1, name: 'Rehearsal of the agent drilled-listener.' })).toBeVisible()
  await expect(async () => {
    await dana.reload()
    await expect(dana.getByText('1 of 1 agent confirmed', { exact: false })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  await expect(dana.getByRole('row', { name: /drilled-listener/ })).toContainText('Confirmed')

  await test.step('the report can be taken away, and is an entry of the ledger', async () => {
    const id = dana.url().split('/').at(-1)?.split('?')[0] ?? ''
    const session = await sessionOf('dana')
    const report = await session.get<{ figures: { confirmed: number }; entry: { id: string } }>(
      `/api/console/drills/${id}/report?format=json`,
    )
    expect(report.figures.confirmed).toBe(1)
    expect(report.entry.id).toMatch(/^ent_/)
    // Without JavaScript the page does not renew itself, and an entry has its number a moment after it was written.
    const numbered = dana.getByRole('link', { name: /^#\d/ })
    await expect(async () => {
      await dana.reload()
      await expect(numbered).toBeVisible({ timeout: 2_000 })
    }).toPass()
    await numbered.click()
    await expect(dana.getByRole('main')).toContainText('Drill ended')
  })
  stopping.abort()
  await listening
})

test('a live drill halts when a second person signs, is confirmed live, and is lifted by itself', async ({ as }) => {
  const client = await governedAgent('drilled-live')
  const stopping = new AbortController()
  const dana = await as('dana')
  await dana.goto('/halt/drills')
  await dana.getByRole('radio', { name: /Live drill/ }).check()
  await dana.getByRole('combobox', { name: 'Of what' }).first().selectOption('agent:drilled-live')
  await dana.getByRole('textbox', { name: 'Why' }).fill('The monthly drill')
  await dana.getByRole('button', { name: 'Drill', exact: true }).click()
  await expect(dana.getByRole('heading', { name: 'It begins when a second person signs.' })).toBeVisible()
  await expect(dana.getByRole('button', { name: 'Record your answer' })).toBeDisabled()
  expect(await client.propose(readTicket('SUP-1'))).toMatchObject({ decision: 'allow' })

  const bram = await as('bram')
  await bram.goto(dana.url())
  await bram.getByRole('radio', { name: /^Sign/ }).check()
  await bram.getByRole('button', { name: 'Record your answer' }).click()
  await expect(bram.getByText('Halted. It is lifted by itself when it has been measured.')).toBeVisible()
  const answer = await client.propose(readTicket('SUP-2')).then(
    ({ reason }) => reason.code,
    (refusal: Refusal) => refusal.code,
  )
  expect(answer).toMatch(/^(halted|stop_only)$/)
  await expect(bram.getByRole('status').filter({ hasText: 'Agent drilled-live' })).toContainText('Drill')

  // it begins to listen only now: the present state tells it of the halt
  const listening = answers(client, stopping.signal)
  await expect(bram.getByText('1 of 1 agent confirmed', { exact: false })).toBeVisible({ timeout: 60_000 })
  expect(await client.propose(readTicket('SUP-3'))).toMatchObject({ decision: 'allow' })
  stopping.abort()
  await listening
})

test('a live drill that becomes real stays, until two people lift it', async ({ as }) => {
  await governedAgent('drilled-real')
  const dana = await sessionOf('dana')
  const { id } = await dana.post<{ id: string }>('/api/console/drills', {
    kind: 'live',
    of: 'agent:drilled-real',
    note: 'A drill',
    // long enough for somebody to see that it is real before it is over
    seconds: 20,
  })
  const bram = await as('bram')
  await bram.goto(`/halt/drills/${id}`)
  await bram.getByRole('radio', { name: /^Sign/ }).check()
  await bram.getByRole('button', { name: 'Record your answer' }).click()
  await bram.getByRole('button', { name: 'It is real: keep it halted' }).click()
  await expect(bram.getByText('It stays halted, until two people lift it.')).toBeVisible()
  await expect(bram.getByText('It became real while it was drilled')).toBeVisible({ timeout: 90_000 })
  await bram.getByRole('link', { name: 'The halt is in force' }).click()
  await askToLift(bram, 'Over')
  const page = await as('dana')
  await page.goto(bram.url())
  await agreeToLift(page, 'Over')
})

test('an auditor sees drills and begins none; the schedule is a ciso’s', async ({ as }) => {
  const sanne = await as('sanne')
  await sanne.goto('/halt/drills')
  await expect(sanne.getByRole('button', { name: 'Drill', exact: true })).toBeDisabled()
  await expect(sanne.getByRole('main')).toContainText('An auditor reads everything and changes nothing.')
  const dana = await as('dana')
  await dana.goto('/halt/drills')
  await expect(dana.getByRole('main')).toContainText('A ciso or an administrator says when drills are due.')
  const ilse = await as('ilse', { javaScriptEnabled: false })
  await ilse.goto('/halt/drills')
  await ilse.getByRole('textbox', { name: 'On day' }).fill('31')
  await ilse.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(ilse.getByText('At most 28.').first()).toBeVisible()
  await ilse.getByRole('textbox', { name: 'On day' }).fill('2')
  await ilse.getByRole('button', { name: 'Save the schedule' }).click()
  await expect(ilse.getByText('The schedule is in force.')).toBeVisible()
  await expect(ilse.getByRole('textbox', { name: 'On day' })).toHaveValue('2')
})
