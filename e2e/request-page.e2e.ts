import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { CountersignClient } from '../clients/sdk/client'
import { governedAgent } from './support/agents'
import { expect, test } from './support/journey'
import { world } from './support/world'

const SLUG = 'hostile-writer'
const boundary = (slug: string): string => `agent: ${slug}
purpose: Shows what an approver sees
mcp_scopes:
  crm: [read]
approval_required:
  - crm.refund_request
  - mail.send          # nobody unsends a letter
  - repo.edit_file
  - crm.bulk_update
  - notes.write
`

/** Whatever would run, load, lead away or hide, in one text. */
const HOSTILE = [
  '<img src=x onerror="alert(1)"><script>alert(2)</script><svg onload=alert(3)>',
  '[click](javascript:alert(4)) ![pixel](https://evil.example/pixel.png) <https://evil.example/auto>',
  '<a href="https://evil.example/a">a</a> data:text/html,<script>alert(5)</script> javascript:alert(6)',
  '\u001b[31mred\u001b[0m \u202eevil\u202c zero\u200bwidth p\u0430ypal',
  `\u{e0061}\u{e0070}\u{e0070}\u{e0072}\u{e006f}\u{e0076}\u{e0065}`,
  '</code></div><meta http-equiv="refresh" content="0;url=https://evil.example/"><style>*{display:none}</style>',
].join('\n')

test('nothing an agent writes becomes markup, a link, an image, a dialog or a request', async ({ as }) => {
  const client = await governedAgent(SLUG, boundary(SLUG))
  const held = await client.propose({
    tool: 'notes.write',
    arguments: { text: HOSTILE, [HOSTILE]: 'the name is hostile, too', list: [{ [HOSTILE.slice(0, 70)]: HOSTILE }] },
    resource: { type: '<b>host</b>', id: HOSTILE.slice(0, 400) },
    on_behalf_of: { type: 'user', id: '<img src=x onerror=alert(7)>' },
    reasoning: { summary: HOSTILE, signals: [HOSTILE], skill: '<img src=x onerror=alert(8)>' },
    evidence: [{ title: HOSTILE.slice(0, 480), uri: 'javascript:alert(9)', excerpt: HOSTILE, untrusted: true }],
    untrusted_sources: ['https://evil.example/source'],
  })
  const page = await as('dana')
  const dialogs: string[] = []
  const foreign: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  page.context().on('request', (request) => {
    if (new URL(request.url()).origin !== world().url) foreign.push(request.url())
  })
  await openRequest(page, held)
  await page.locator('summary', { hasText: 'The exact bytes' }).click()
  for (const section of ['What it read', 'Why, in the agent’s own words'])
    await expect(page.getByRole('heading', { name: section })).toBeVisible()

  const main = page.getByRole('main')
  await expect(main.locator('img, script, iframe, object, embed, style, meta, base, form[action*="evil"]')).toHaveCount(
    0,
  )
  await expect(main.locator('[onerror], [onload], a[href^="javascript" i], a[href^="data:" i]')).toHaveCount(0)
  const links = await main
    .locator('a[href]')
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).origin))
  expect(new Set(links)).toEqual(new Set([world().url]))
  const asks = page.getByRole('region', { name: 'What it would send' })
  for (const mark of ['U+001B', 'U+202E', 'U+200B', 'Cyrillic + Latin', 'hides “approve”'])
    await expect(asks.getByText(mark).first()).toBeVisible()
  await expect(page.getByText('https://evil.example/source')).toBeVisible()
  expect(dialogs).toEqual([])
  expect(foreign).toEqual([])
  expect(new URL(page.url()).origin).toBe(world().url)
})

test('what is too large to be shown says so, and is read whole from a file that has its hash', async ({ as }) => {
  const client = await governedAgent('long-writer', boundary('long-writer'))
  const line = `${'a'.repeat(800_000)}\u202e<img src=x onerror=alert(1)>`
  const held = await client.propose({
    tool: 'notes.write',
    arguments: { line, list: Array.from({ length: 10_000 }, (_, at) => at), deep: nested(50) },
  })
  const page = await as('dana')
  await openRequest(page, held)
  await expect(page.getByText('3 parts are too large')).toBeVisible()
  await expect(page.getByText('and 9,960 more that are not shown')).toBeVisible()
  expect((await page.content()).length).toBeLessThan(1_000_000)

  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download all of it as plain text' }).first().click(),
  ])
  const bytes = await readFile(await saved.path())
  expect(bytes.toString('utf8')).toBe(line)
  await expect(page.getByText(createHash('sha256').update(bytes).digest('hex'))).toBeVisible()

  await page.locator('summary', { hasText: 'The exact bytes' }).click()
  await expect(page.getByText('Too large to be shown here.')).toBeVisible()
  const [exact] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as a file' }).click(),
  ])
  const digest = createHash('sha256')
    .update(await readFile(await exact.path()))
    .digest('hex')
  expect(`sha256:${digest}`).toBe(held.digest)

  const answer = await page.request.get(`/api/console/approvals/${held.approval?.id ?? ''}/exact?at=/line`)
  const headers = answer.headers()
  expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(headers['x-content-type-options']).toContain('nosniff')
  expect(headers['cache-control']).toContain('no-store')
  expect(headers['content-security-policy']).toContain('sandbox')
  expect(headers['content-disposition']).toMatch(/^attachment; filename="act_/)
})

test('each kind is shown in its own form: a change, records, a message, a sum, and the rule in its own text', async ({
  as,
}) => {
  const client = await governedAgent('form-writer', boundary('form-writer'))
  const page = await as('dana')

  await test.step('a change, line by line and side by side', async () => {
    await openRequest(page, await client.propose(edit))
    const change = page.getByRole('region', { name: 'Change', exact: true })
    await expect(change.locator('.d')).toHaveText(/limit: 400/)
    await expect(change.locator('.a')).toHaveText(/limit: 4000/)
    const beside = page.getByRole('region', { name: 'Change, side by side' })
    await expect(beside).toBeHidden()
    await page.getByRole('checkbox', { name: 'Side by side' }).check()
    await expect(beside.locator('.pair').filter({ hasText: 'limit: 400' })).toContainText('limit: 4000')
    await expect(change).toBeHidden()
  })
  await test.step('records, as a table', async () => {
    const records = Array.from({ length: 120 }, (_, at) => ({ id: `C-${at}`, segment: 'gold', credit: at * 10 }))
    await openRequest(page, await client.propose({ tool: 'crm.bulk_update', arguments: { records, dry_run: false } }))
    const table = page.getByRole('group', { name: 'Records it would send' })
    await expect(table.getByRole('row')).toHaveCount(51)
    await expect(page.getByText('70 more records are not shown.')).toBeVisible()
    await expect(page.getByText('dry_run', { exact: true })).toBeVisible()
  })
  await test.step('a message, and what its rule says', async () => {
    await openRequest(page, await client.propose(letter))
    await expect(page.getByRole('heading', { name: 'The message' })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Text of the message' })).toContainText('<p>Dear customer</p>')
    await expect(page.getByText('- mail.send # nobody unsends a letter')).toBeVisible()
    await page.getByRole('link', { name: /^Its boundary, version 1, line \d+$/ }).click()
    await expect(page.locator('code:target')).toContainText('mail.send')
  })
  await test.step('a sum, written out, and what was done with the same order before', async () => {
    const refund = (amount: number) => ({
      tool: 'crm.refund_request',
      arguments: { order: 'F-100', amount, currency: 'EUR' },
      resource: { type: 'order', id: 'F-100' },
    })
    await client.propose(refund(12))
    await openRequest(page, await client.propose(refund(4180)))
    await expect(page.getByText('4,180.00 euros')).toBeVisible()
    const before = page.getByRole('group', { name: 'Earlier actions on the same resource' })
    await expect(before.getByRole('row')).toHaveCount(2)
    await expect(page.getByRole('group', { name: 'Earlier requests of this kind' }).getByRole('row')).toHaveCount(2)
  })
})

test('the verdict is in sight on a wide screen, and one touch away on a phone', async ({ as }) => {
  const client = await governedAgent('long-reader', boundary('long-reader'))
  const held = await client.propose({
    ...letter,
    reasoning: { summary: 'word '.repeat(900) },
    evidence: Array.from({ length: 12 }, (_, at) => ({ title: `source ${at}`, excerpt: 'word '.repeat(90) })),
  })
  const wide = await as('dana', { viewport: { width: 1280, height: 800 } })
  await openRequest(wide, held)
  await wide.getByRole('heading', { name: 'This kind of request' }).scrollIntoViewIfNeeded()
  await expect(wide.getByRole('radio', { name: 'Approve it' })).toBeInViewport()
  await expect(wide.getByRole('link', { name: 'To your verdict' })).toBeHidden()

  const phone = await as('dana', { viewport: { width: 390, height: 844 } })
  await openRequest(phone, held)
  const jump = phone.getByRole('link', { name: 'To your verdict' })
  await expect(jump).toBeInViewport()
  await expect(phone.getByRole('radio', { name: 'Approve it' })).not.toBeInViewport()
  await jump.click()
  await expect(phone.getByRole('heading', { name: 'Who answers' })).toBeInViewport()
  // it has scrolled along and does not lie over what it led to
  const [bar, who] = [await jump.boundingBox(), await phone.getByRole('heading', { name: 'Who answers' }).boundingBox()]
  expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeLessThanOrEqual(who?.y ?? 0)
  const sideways = await phone.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(sideways).toBe(false)
})

const edit = {
  tool: 'repo.edit_file',
  arguments: {
    file_path: 'config/limits.yaml',
    old_string: 'service: payouts\nlimit: 400\nowner: finance',
    new_string: 'service: payouts\nlimit: 4000\nowner: finance',
  },
  resource: { type: 'file', id: 'config/limits.yaml' },
}

const letter = {
  tool: 'mail.send',
  arguments: {
    to: ['a@example.com', 'b@example.com'],
    subject: 'Your policy',
    body: '<p>Dear customer</p><img src="https://evil.example/pixel.png">',
    attachments: [{ filename: 'terms.pdf' }],
  },
}

async function openRequest(page: Page, held: Awaited<ReturnType<CountersignClient['propose']>>): Promise<void> {
  expect(held.decision).toBe('hold')
  await page.goto(`/approvals/${held.approval?.id ?? ''}`)
  await expect(page.getByRole('heading', { level: 1, name: /wants to/ })).toBeVisible()
}

function nested(depth: number): unknown {
  return depth === 0 ? 'x'.repeat(30_000) : [nested(depth - 1)]
}
