import { httpReceiver, verifiedIndexes } from '../lib/notify/receiver-testing'
import { expect, sessionOf, test } from './support/journey'

test('an administrator streams the ledger to a receiver, sees it break, be alerted, be mended and catch up', async ({
  as,
}) => {
  const receiver = await httpReceiver()
  const noor = await as('noor')
  await noor.goto('/settings')
  await noor.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Streams' }).click()
  await noor.getByRole('link', { name: 'Make a stream' }).first().click()

  // a private address is refused until it is chosen, and what was typed is kept
  const url = `http://127.0.0.1:${receiver.port}/countersign`
  await noor.getByLabel('Name', { exact: true }).fill('Night SIEM')
  await noor.getByRole('textbox', { name: 'Address' }).fill(url)
  await noor.getByRole('button', { name: 'Make the stream' }).click()
  await expect(noor.getByText(/goes to your own network alone/).first()).toBeVisible()
  await expect(noor.getByRole('textbox', { name: 'Address' })).toHaveValue(url)
  await noor.getByLabel('It is in our own network').check()
  await noor.getByLabel('With the first entry of the ledger').check()
  await noor.getByRole('button', { name: 'Make the stream' }).click()

  const secret = (await noor.locator('.once code').textContent()) ?? ''
  expect(secret).toMatch(/^whsec_/)
  // with the first entry of the log, one by one: all that the journeys before this one did
  await expect(noor.getByRole('heading', { level: 1 })).toHaveText('Night SIEM has caught up.', { timeout: 180_000 })
  await expect(noor.getByText('0 entries, 0 s')).toBeVisible()
  const before = verifiedIndexes(receiver.taken, secret)
  expect(before).toEqual(before.map((_, n) => n))
  await noor.goto(new URL(noor.url()).pathname)
  await expect(noor.getByRole('heading', { level: 1 })).toHaveText('Night SIEM has caught up.')
  await expect(noor.getByText(secret)).toHaveCount(0)

  await noor.getByRole('button', { name: 'Send a test event' }).click()
  await expect(noor.getByText('The receiver took a test event.')).toBeVisible()
  expect(JSON.parse(receiver.taken.find(({ body }) => body.includes('stream.test"'))?.body ?? '{}')).toMatchObject({
    type: 'countersign.stream.test',
  })

  // the test is an entry of the log, too: only what comes after it meets the broken receiver
  await expect
    .poll(() => receiver.taken.some(({ body }) => body.includes('stream.tested"')), { timeout: 60_000 })
    .toBe(true)
  await expect(noor.getByText('0 entries, 0 s')).toBeVisible()

  // the receiver breaks; something happens
  receiver.answer = () => ({ status: 500 })
  const dana = await as('dana')
  await dana.goto('/alerts')
  await noor.getByRole('button', { name: 'Pause' }).click()
  await expect(noor.getByRole('heading', { level: 1 })).toHaveText('Night SIEM is paused.')
  await noor.getByRole('button', { name: 'Resume' }).click()
  await expect(noor.getByRole('heading', { level: 1 })).toHaveText('Night SIEM does not deliver.', { timeout: 60_000 })
  const trouble = noor.getByRole('alert').filter({ hasText: 'The receiver refused.' })
  await expect(trouble).toContainText('HTTP 500')
  await expect(trouble).toContainText('nothing is lost')

  // people who look at alerts hear of it, and are led to what happened
  const row = dana.getByRole('row', { name: /Stream does not deliver Night SIEM/ })
  await expect(row).toContainText('Warning')
  await row.getByRole('link', { name: 'Stream does not deliver' }).click()
  await expect(dana.getByRole('heading', { level: 1 })).toHaveText('The stream Night SIEM does not deliver, once.')
  await expect(dana.getByRole('group', { name: 'What raised it' })).toContainText(
    'The stream Night SIEM does not deliver.',
  )

  // it is mended
  receiver.answer = () => ({ status: 204 })
  await noor.getByRole('button', { name: 'Try now' }).click()
  await expect(noor.getByRole('heading', { level: 1 })).toHaveText('Night SIEM has caught up.', { timeout: 60_000 })
  await expect(noor.getByText('The receiver refused.')).toHaveCount(0)
  const events = receiver.taken.filter(({ body }) => !body.includes('stream.test"'))
  const indexes = verifiedIndexes(events, secret)
  expect(indexes).toEqual(indexes.map((_, n) => n))
  expect(receiver.most).toBe(1)

  await dana.getByLabel('What you found').fill('The receiver was being upgraded.')
  await dana.getByRole('button', { name: /^Acknowledge/ }).click()
  await noor.getByRole('link', { name: 'Remove…' }).click()
  await noor.getByRole('button', { name: 'Remove Night SIEM' }).click()
  await expect(noor.getByText('The stream is removed. What it did stays in the ledger.')).toBeVisible()
  await receiver.stop()
})

test('an entry the receiver refuses is skipped by a person alone, without JavaScript too, and stays to be seen', async ({
  as,
}) => {
  const receiver = await httpReceiver(({ body }) => ({ status: body.includes('"index":2,') ? 422 : 204 }))
  const session = await sessionOf('noor')
  const { id } = await session.post<{ id: string }>('/api/console/streams', {
    ...{ kind: 'cloudevents', name: 'Picky receiver', url: `http://127.0.0.1:${receiver.port}/`, private: true },
    ...{ contents: 'entries', from: 'beginning' },
  })
  const noor = await as('noor', { javaScriptEnabled: false })
  await expect(async () => {
    await noor.goto(`/settings/streams/${id}`)
    await expect(noor.getByRole('heading', { level: 1 })).toHaveText('Picky receiver does not deliver.', {
      timeout: 2_000,
    })
  }).toPass()
  await expect(noor.getByText('It is not tried again until somebody acts.', { exact: false })).toBeVisible()
  await noor.getByRole('link', { name: 'Skip entry #2…' }).click()
  await expect(noor.getByRole('heading', { name: 'Go on without entry #2?' })).toBeVisible()
  await noor.getByRole('button', { name: 'Skip #2' }).click()
  await expect(noor.getByText('It goes on without #2.')).toBeVisible()
  const skipped = noor.getByRole('group', { name: 'Skipped entries' })
  await expect(skipped.getByRole('link', { name: '#2' })).toBeVisible()
  await expect(skipped).toContainText('HTTP 422')

  // an analyst has no business here, and is told whose it is
  const dana = await as('dana')
  await dana.goto(`/settings/streams/${id}`)
  await expect(dana.getByText(/An administrator, a ciso or an auditor sees what is streamed/)).toBeVisible()
  await session.post(`/api/console/streams/${id}/removal`, {})
  await receiver.stop()
})
