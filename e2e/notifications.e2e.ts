import { headerOf, mailServerForTests, textOf } from '../lib/notify/mail-testing'
import { httpReceiver } from '../lib/notify/receiver-testing'
import { governedAgent, refund } from './support/agents'
import { expect, sessionOf, test } from './support/journey'

test('mail is set up, tested, chosen, delivered with a deep link that works after signing in, and its failure is seen', async ({
  as,
  browser,
}) => {
  const mailbox = await mailServerForTests()
  const noor = await as('noor')
  await noor.goto('/settings/notifications')
  await expect(noor.getByRole('heading', { level: 1 })).toHaveText('No mail leaves yet.')
  await noor.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Channels' }).click()
  await noor.getByRole('link', { name: 'Mail server' }).click()
  await noor.getByLabel('Host').fill('127.0.0.1')
  await noor.getByLabel('Port').fill(String(mailbox.port))
  await noor.getByLabel('Encrypted by').selectOption('none')
  await noor.getByLabel('Mail comes from').fill('countersign@quillhaven.example')
  await noor.getByRole('button', { name: 'Add the channel' }).click()
  // without encryption only into one's own network, and what was typed is kept
  await expect(noor.getByText(/go to your own network alone/).first()).toBeVisible()
  await expect(noor.getByLabel('Port')).toHaveValue(String(mailbox.port))
  await noor.getByLabel('It is in our own network').check()
  await noor.getByRole('button', { name: 'Add the channel' }).click()
  await expect(noor.getByText('The channel is made.')).toBeVisible()
  await noor.getByRole('button', { name: 'Send a test' }).click()
  await expect(noor.getByText(/took a test mail to/)).toBeVisible()
  expect(headerOf(mailbox.got[0]?.raw ?? '', 'subject')).toContain('This is a test of')

  // an analyst says what they want
  const dana = await as('dana')
  await dana.goto('/settings/notifications')
  await dana.getByLabel('Quiet from').fill('22:00')
  await dana.getByRole('button', { name: 'Save what I hear of' }).click()
  await expect(dana.getByText('Give both ends of your quiet hours, or neither.').first()).toBeVisible()
  await dana.getByLabel('Quiet from').fill('')
  await dana.getByLabel('Alerts by mail').selectOption('daily')
  await dana.getByRole('button', { name: 'Save what I hear of' }).click()
  await expect(dana.getByText('Your choice is kept.')).toBeVisible()
  await expect(dana.getByLabel('Alerts by mail')).toHaveValue('daily')

  const client = await governedAgent('told-by-mail')
  const held = await client.propose(refund('A-7001'))
  await expect
    .poll(
      () =>
        mailbox.got.filter(
          ({ raw }) =>
            headerOf(raw, 'subject')?.includes('told-by-mail') && textOf(raw).includes(held.approval?.id ?? '?'),
        ).length,
      {
        timeout: 120_000,
      },
    )
    .toBeGreaterThan(0)
  const mail = mailbox.got.find(({ raw }) => textOf(raw).includes(held.approval?.id ?? '?'))?.raw ?? ''
  const link = textOf(mail).match(/Open it: (\S+)/)?.[1] ?? ''
  expect(new URL(link).pathname).toBe(`/approvals/${held.approval?.id ?? ''}`)
  await expect(
    dana.getByRole('group', { name: 'Sent lately' }).getByText('A request waits for you').first(),
  ).toBeVisible({ timeout: 60_000 })

  // whoever is not signed in is led to sign in, and the link is not forgotten
  const stranger = await browser.newPage()
  await stranger.goto(link)
  expect(new URL(stranger.url()).pathname).toBe('/login')
  expect(new URL(stranger.url()).searchParams.get('next')).toBe(`/approvals/${held.approval?.id ?? ''}`)
  await stranger.close()

  // it breaks: who looks after it sees why
  await mailbox.stop()
  await noor.getByRole('button', { name: 'Send a test' }).click()
  await expect(noor.getByText(/A test did not arrive. No connection to the receiver/)).toBeVisible()
  const session = await sessionOf('noor')
  const { channels } = await session.get<{ channels: { id: string; kind: string }[] }>('/api/console/channels')
  for (const { id } of channels) await session.post(`/api/console/channels/${id}/removal`, {})
})

test('a room in Slack is told of a halt; its address is never shown again, and a phone is enough for all of it', async ({
  as,
}) => {
  const slack = await httpReceiver(() => ({ status: 200, body: 'ok' }))
  const noor = await as('noor')
  await noor.setViewportSize({ width: 390, height: 844 })
  await noor.goto('/settings/channels?make=slack')
  await noor.getByLabel('Name', { exact: true }).fill('#soc-night')
  await noor.locator('input[name="url"]').fill(`http://127.0.0.1:${slack.port}/services/T0/B0/secretpart`)
  await noor.getByLabel('It is in our own network').check()
  await noor.getByRole('button', { name: 'Add the channel' }).click()
  await expect(noor.getByRole('heading', { name: '#soc-night' })).toBeVisible()
  expect(await noor.content()).not.toContain('secretpart')
  await noor.getByRole('button', { name: 'Send a test' }).click()
  await expect(noor.getByText('The receiver took a test message.')).toBeVisible()
  expect(JSON.parse(slack.taken.find(({ body }) => body.includes('This is a test of'))?.body ?? '{}')).toMatchObject({
    unfurl_links: false,
    blocks: [{ type: 'section' }, { type: 'section' }, { type: 'context' }],
  })
  expect(await noor.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await noor.getByRole('link', { name: 'Remove…' }).click()
  await noor.getByRole('button', { name: 'Remove #soc-night' }).click()
  await expect(noor.getByText('The channel is removed.')).toBeVisible()
  await slack.stop()
})
