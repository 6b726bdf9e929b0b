import { readdirSync } from 'node:fs'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { exportContacts, governedAgent, readTicket, refund } from './support/agents'
import { expect, sessionOf, test } from './support/journey'
import { countScripts } from './support/scripts'
import { publicId } from '../lib/core/ids'
import { personOf, world } from './support/world'

const root = path.resolve(import.meta.dirname, '../app')
const SLUG = 'seen-everywhere'

/** What stands for the parameters of each address; an address that is not here has none. Filled by `stage`. */
const examples: Record<string, string> = {
  'agents/[slug]': `agents/${SLUG}`,
  'agents/[slug]/credentials': `agents/${SLUG}/credentials`,
  'agents/[slug]/edit': `agents/${SLUG}/edit`,
  'agents/[slug]/may': `agents/${SLUG}/may`,
  // asked something: what is answered stands below the form
  'boundaries/may': 'boundaries/may?tool=crm.refund_request&type=order&id=A-17',
  'boundaries/may/grid': 'boundaries/may/grid?server=crm',
  // of an agent it leads on to a version; of the baseline it is the page before there is one
  'boundaries/[slug]': 'boundaries/baseline',
  'boundaries/[slug]/[version]': `boundaries/${SLUG}/1`,
  'boundaries/[slug]/[version]/past': `boundaries/${SLUG}/1/past`,
  'boundaries/[slug]/draft': `boundaries/${SLUG}/draft`,
  'audit/entries/[index]': 'audit/entries/3',
  // of these only what is said of a link that is over; people.e2e.ts walks through living ones
  'join/[token]': 'join/over',
  'new-password/[token]': 'new-password/over',
  'welcome/[token]': 'welcome/over',
}

/** Every page there is, read from the folder of addresses: a new one without an example here fails. */
function addresses(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return entry.name === 'api' ? [] : addresses(path.join(folder, entry.name))
    if (entry.name !== 'page.tsx') return []
    return path.relative(root, folder).replace(/^\(console\)\/?/, '')
  })
}

/** One thing of every kind to look at: an agent with actions of every answer, an alert, a halt. */
async function stage(): Promise<void> {
  const client = await governedAgent(SLUG)
  await client.propose(readTicket('SUP-9'))
  const held = await client.propose(refund('A-9009'))
  await client.propose(exportContacts)
  const changed = await client.propose({ tool: 'tickets.add_comment', arguments: { ticket: 'SUP-9', diff: '-a\n+b' } })
  examples['reviews/[id]'] = `reviews/${changed.id}`
  const waits = await sessionOf('dana')
  await expect
    .poll(async () => (await waits.get<{ rows: { id: string }[] }>('/api/console/reviews')).rows.map((row) => row.id))
    .toContain(changed.id)
  examples['approvals/[id]'] = `approvals/${held.approval?.id ?? ''}`
  await client.propose(refund('A-9011'))
  type Row = { id: string; alike: { key: string } }
  const { rows: alike } = await waits.get<{ rows: Row[] }>('/api/console/approvals')
  examples['approvals/alike/[key]'] =
    `approvals/alike/${alike.find(({ id }) => id === held.approval?.id)?.alike.key ?? ''}`
  examples['audit/actions/[id]'] = `audit/actions/${held.id}`
  const run = await client.openRun({ untrusted_sources: ['mail:stranger@example.com'] })
  await client.propose({ ...refund('A-9010'), run: { id: run.id } })
  examples['audit/runs/[id]'] = `audit/runs/${run.id}`
  examples['settings/people/[id]'] = `settings/people/${personOf('dana').id}`
  const dana = await sessionOf('dana')
  const { id } = await dana.post<{ id: string }>('/api/console/halts', {
    scope: 'agent',
    agent: SLUG,
    reason: 'To be looked at',
  })
  const { tools } = await dana.get<{ tools: { id: string }[] }>('/api/console/tools')
  examples['boundaries/tools/[id]'] = `boundaries/tools/${publicId('tool', tools[0]?.id ?? '')}`
  const ilse = await sessionOf('ilse')
  await ilse.post('/api/console/upstreams', {
    ...{
      name: 'seen-everywhere',
      address: 'https://mcp.example.com/mcp',
      header: 'authorization',
      secret: 'Bearer none',
    },
    ...{ reach: 'Tickets of customers.', production: 'yes', ownerId: personOf('dana').id },
  })
  examples['device/[id]'] = `device/${(await askToBeLetIn(dana)).id}`
  examples['boundaries/upstreams/[name]'] = 'boundaries/upstreams/seen-everywhere'
  await ilse.post('/api/console/resources', {
    type: 'detection_rule',
    name: 'DR/seen everywhere',
    title: 'Seen everywhere',
    kind: 'detection_rule',
    ownerId: personOf('dana').id,
    reporter: SLUG,
  })
  await client.fired(
    { type: 'detection_rule', id: 'DR/seen everywhere' },
    { event: 'one', at: new Date().toISOString(), summary: 'fin-lt-0442' },
  )
  examples['audit/resources/[type]/[id]'] = `audit/resources/detection_rule/${encodeURIComponent('DR/seen everywhere')}`
  examples['audit/owners/[id]'] = `audit/owners/${personOf('priya').id}`
  examples['halt/[id]'] = `halt/${id}`
  const drill = await dana.post<{ id: string }>('/api/console/drills', {
    kind: 'rehearsal',
    of: `agent:${SLUG}`,
    seconds: 5,
  })
  examples['halt/drills/[id]'] = `halt/drills/${drill.id}`
  // to a port where nobody listens: what a failing stream looks like
  const noor = await sessionOf('noor')
  const stream = await noor.post<{ id: string }>('/api/console/streams', {
    ...{ kind: 'otlp', name: 'Collector', url: 'http://127.0.0.1:1/v1/logs', private: true, contents: 'entries' },
    ...{ kinds: 'action.* halt.*', from: 'beginning' },
  })
  examples['settings/streams/[id]'] = `settings/streams/${stream.id}`
}

/** A command line that waits, its code typed by somebody. */
async function askToBeLetIn(person: Awaited<ReturnType<typeof sessionOf>>): Promise<{ id: string }> {
  const body = new URLSearchParams({ client_id: 'countersign-cli', machine: 'FIN-LT-0442' })
  const answer = await fetch(`${world().url}/oauth/device_authorization`, { method: 'POST', body })
  const { user_code } = (await answer.json()) as { user_code: string }
  return person.post<{ id: string }>('/api/console/device-logins', { user_code })
}

test.describe.configure({ mode: 'serial' })

test('something stands on every page', async ({ as }) => {
  await stage()
  const dana = await as('dana')
  await dana.goto('/alerts')
  await expect(dana.getByRole('link', { name: 'Forbidden action proposed' }).first()).toBeVisible()
  const alert = await dana.getByRole('link', { name: 'Forbidden action proposed' }).first().getAttribute('href')
  examples['alerts/[id]'] = alert?.slice(1) ?? ''
})

// in parts, since each page is looked at six times
const PARTS = 4
for (let part = 0; part < PARTS; part += 1)
  test(`every page passes axe in both themes, says nothing on the console, and never scrolls sideways (${part + 1} of ${PARTS})`, async ({
    as,
    complaints,
  }) => {
    test.setTimeout(900_000)
    complaints.expect(/(404|410) GET \/(join|new-password|welcome)\/over/)
    // an administrator sees the settings, an analyst what is to be answered
    const [noor, dana] = [await as('noor'), await as('dana')]
    const wrong: string[] = []
    for (const address of addresses().filter((_, at) => at % PARTS === part)) {
      const example = examples[address] ?? address
      expect(example, `say in this file what stands for the parameters of ${address}`).not.toContain('[')
      const page = address.startsWith('settings') ? noor : dana
      // one load: themes and widths are the style sheets' alone
      await page.goto(`/${example}`)
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [1280, 390, 320]) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize({ width, height: 900 })
          for (const fault of await faults(page, width !== 320))
            wrong.push(`/${example} ${colorScheme} ${width}: ${fault}`)
        }
      }
    }
    expect(wrong).toEqual([])
  })

/** What is wrong with the page as it stands; axe looks at the two widths people have, reflow at the narrowest too (WCAG 1.4.10). */
async function faults(page: Page, axe: boolean): Promise<string[]> {
  const found: string[] = []
  if ((await page.getByRole('heading', { level: 1 }).count()) !== 1) found.push('not one h1')
  if ((await page.title()) === '') found.push('no title')
  const over = await sideways(page)
  if (over > 0) found.push(`scrolls ${over} px sideways: ${await widest(page)}`)
  if (!axe) return found
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
  return [...found, ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' · ')}`)]
}

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

test('the first load of any page is at most 170 KB of JavaScript', async ({ browse, as }) => {
  const heavy: string[] = []
  for (const address of [
    'login',
    '',
    'approvals',
    examples['approvals/[id]'] ?? '',
    'audit',
    'agents',
    `agents/${SLUG}`,
    `boundaries/${SLUG}/draft`,
    'halt',
    'settings/people',
    'settings/streams/new',
    'alerts',
  ]) {
    // a browser of its own each time: nothing in its cache
    const page = address === 'login' ? await browse() : await as('noor')
    const scripts = await countScripts(page)
    await page.goto(`/${address}`, { waitUntil: 'load' })
    const bytes = await scripts.first()
    if (bytes > 170_000) heavy.push(`/${address}: ${Math.round(bytes / 1000)} KB`)
    expect(bytes, `/${address} loads scripts`).toBeGreaterThan(10_000)
  }
  expect(heavy).toEqual([])
})

/** What reaches farthest out of the page, for whoever has to mend it. */
const widest = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const reach = (element: Element) => element.getBoundingClientRect().right
    const [first] = [...document.querySelectorAll('body *')].sort((a, b) => reach(b) - reach(a))
    return first?.outerHTML.slice(0, 160) ?? ''
  })
