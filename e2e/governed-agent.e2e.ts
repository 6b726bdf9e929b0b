import { spawn } from 'node:child_process'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { CountersignClient, type Answer } from '../clients/sdk/client'
import { boundaryOf, exportContacts, governedAgent, readTicket, refund } from './support/agents'
import { answerByKeyboard, requestOn } from './support/approvals'
import { expect, sessionOf, test } from './support/journey'
import { world } from './support/world'

const SLUG = 'refund-desk'

test('an agent is registered, governed, asks, is answered by a person, and its every step is proven', async ({
  as,
  complaints,
}) => {
  // the draft with a mistake in it
  complaints.expect(/^400 POST \/api\/console\/boundaries\/refund-desk\/draft$/)
  const priya = await as('priya')
  const ilse = await as('ilse')
  const dana = await as('dana')

  await test.step('Priya registers it: from then on she answers for it, and it may do nothing', () => register(priya))
  await test.step('she drafts its boundary; a mistake is shown where it is, and nothing typed is lost', () =>
    draft(priya))
  await test.step('who drafted it cannot sign it', async () => {
    await expect(priya.getByRole('button', { name: 'Sign version 1' })).toHaveCount(0)
    await expect(priya.getByText('A ciso signs boundaries. You are somebody without a role.')).toBeVisible()
    await expect(priya.getByText('Ilse Tamm can sign it.')).toBeVisible()
  })
  await test.step('Ilse reads it three ways and signs it', () => sign(ilse, priya.url()))
  const credential = await test.step('Priya makes a credential, shown once, and activates it', () => activate(priya))
  const program = new CountersignClient({ server: world().url, ...credential })

  await test.step('what it may do alone it does at once, on a grant that serves once', () => works(program))

  const held = await test.step('what it asks for appears in an open inbox, without a reload', async () => {
    await dana.goto('/approvals')
    await expect(requestOn(dana, 'A-5512')).toHaveCount(0)
    const answer = await program.propose(refund('A-5512', 4180))
    expect(answer).toMatchObject({ decision: 'hold', status: 'held', reason: { code: 'approval_required' } })
    await expect(requestOn(dana, 'A-5512')).toBeVisible()
    return answer
  })

  await test.step('Dana answers it with the keyboard alone; the program that waits is told, runs it, and reports', async () => {
    const settled = program.settled(held)
    await answerByKeyboard(dana, {
      about: 'A-5512',
      agent: SLUG,
      verdict: 'Approve it',
      reason: 'Two years of a cancelled rider: checked against the collections.',
    })
    expect(await settled).toMatchObject({ status: 'approved' })
    const { grant } = await program.claim(held.id)
    await program.report(held.id, grant?.token ?? '', { status: 'succeeded', output: { refund: 'R-2208' } })
  })

  await test.step('its story is told whole, and two clicks lead to who answered for it', () => story(dana, held))

  await test.step('the ledger is whole, by the command line', async () => {
    const { code, said } = await verify()
    expect(said).toContain('The ledger is whole')
    expect(code).toBe(0)
  })
})

test('a rejection says why, reaches the program, and cannot be claimed', async ({ as }) => {
  const program = await governedAgent('eager-refunder')
  const held = await program.propose(refund('A-6100', 9_999))
  const dana = await as('dana')
  await dana.goto('/approvals')
  await requestOn(dana, 'A-6100').click()
  await expect(dana.getByRole('heading', { level: 1, name: /^eager-refunder wants to/ })).toBeVisible()

  const verdict = dana.getByRole('form', { name: 'Your verdict' })
  await expect(verdict.getByRole('radio', { checked: true })).toHaveCount(0)
  await verdict.getByRole('radio', { name: 'Reject it' }).check()
  await verdict.getByRole('button', { name: 'Reject this action' }).click()
  await expect(verdict.getByText('Say why you reject it.')).toBeVisible()
  await expect(verdict.getByLabel('Reason')).toBeFocused()

  const settled = program.settled(held)
  await verdict.getByLabel('Reason').fill('The policy never had this rider.')
  await verdict.getByRole('button', { name: 'Reject this action' }).click()
  expect(await settled).toMatchObject({ status: 'rejected', grant: null })
  await expect(program.claim(held.id)).rejects.toMatchObject({ code: 'wrong_state' })

  await dana.getByRole('status').getByRole('link', { name: 'eager-refunder’s action' }).click()
  await expect(dana.getByRole('heading', { level: 2, name: 'Rejected' })).toBeVisible()
  await expect(dana.getByText('“The policy never had this rider.”')).toBeVisible()
})

test('two analysts answer the same request: one wins, the other is told and loses nothing', async ({
  as,
  complaints,
}) => {
  complaints.expect(/^409 POST \/api\/console\/approvals\/\w+\/verdict$/)
  const program = await governedAgent('contested-refunder')
  const held = await program.propose(refund('A-6200'))
  const both = await Promise.all([as('dana'), as('bram')])
  for (const page of both) {
    await page.goto(`/approvals/${held.approval?.id}`)
    await page.getByRole('radio', { name: 'Approve it' }).check()
    await page.getByLabel('Reason').fill('Collected after the policy ended.')
  }
  // whose page hears of the other's verdict first has no button to press any more, and is told in the same words
  await Promise.allSettled(
    both.map((page) => page.getByRole('button', { name: 'Approve this action' }).click({ timeout: 60_000 })),
  )

  const told = (page: Page) => page.getByText('Your verdict was not recorded.').first()
  const won = (page: Page) => page.getByText('You approved it.').first()
  for (const page of both) await expect(told(page).or(won(page)).first()).toBeVisible()
  const losers = await Promise.all(both.map((page) => told(page).isVisible()))
  expect(losers.filter(Boolean)).toHaveLength(1)
  const loser = losers[0] === true ? both[0] : both[1]
  await expect(loser.getByRole('main')).toContainText(
    losers[0] === true ? 'Bram Castellane approved it' : 'Dana Whitlock approved it',
  )
  await expect(loser.getByText('You had written, and it was not recorded:')).toBeVisible()

  expect(await program.read(held.id)).toMatchObject({ status: 'approved' })
  const answered = await (
    await sessionOf('sanne')
  ).get<{ verdicts: unknown[] }>(`/api/console/approvals/${held.approval?.id}`)
  expect(answered.verdicts).toHaveLength(1)
})

async function register(page: Page): Promise<void> {
  await page.goto('/agents')
  await page.getByRole('link', { name: 'Register an agent' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: 'Register an agent' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(SLUG)
  await page.getByLabel('What it is for').fill('Answers tickets, and asks before money moves.')
  await page.getByLabel('Team').selectOption('Security operations')
  await page.getByRole('radio', { name: 'Production' }).check()
  await page.getByLabel('Provider').fill('Model host A')
  await page.getByLabel('Region').fill('Frankfurt')
  await page.getByLabel('Kept there for').fill('0 days')
  await page.getByLabel('Agreement').fill('DPA of 10 March 2026')
  await page.getByRole('checkbox', { name: 'I accept this in my name' }).check()
  await page.getByRole('button', { name: 'Register the agent' }).click()
  await expect(page.getByRole('heading', { level: 1, name: SLUG })).toBeVisible()
  await expect(page.getByText(`${SLUG} is registered, and you answer for it. It may do nothing yet.`)).toBeVisible()
}

async function draft(page: Page): Promise<void> {
  const [mistaken, source] = [boundaryOf(SLUG).replace('approval_required', 'aproval_required'), boundaryOf(SLUG)]
  const line = source.split('\n').indexOf('approval_required:') + 1
  await page.getByRole('link', { name: 'Draft it', exact: true }).click()
  const text = page.getByLabel('The boundary, as YAML')
  await text.fill(mistaken)
  await page.getByLabel('Why it should change').fill('What it needs to begin with, and nothing more.')
  await page.getByRole('button', { name: 'Save version 1' }).click()

  const fault = page.getByRole('button', { name: new RegExp(`^Line ${line}, column 1`) })
  await expect(fault).toContainText('approval_required')
  await fault.click()
  await expect(text).toBeFocused()
  await expect(text).toHaveValue(mistaken)
  await expect(page.getByLabel('Why it should change')).toHaveValue('What it needs to begin with, and nothing more.')

  await text.fill(source)
  await page.getByRole('button', { name: 'Save version 1' }).click()
  await expect(page.getByRole('heading', { name: 'Sign version 1' })).toBeVisible()
}

async function sign(page: Page, address: string): Promise<void> {
  await page.goto('/boundaries')
  await page
    .getByRole('link', { name: new RegExp(SLUG) })
    .first()
    .click()
  await expect(page).toHaveURL(address)
  const panel = page.getByRole('complementary', { name: 'Signature' })
  await expect(panel.getByRole('button', { name: 'Sign version 1' })).toBeDisabled()
  await expect(panel).toContainText('Rules and Source are not viewed')
  const views = page.getByRole('navigation', { name: 'Ways to read the change' })
  await views.getByRole('link', { name: /Rules/ }).click()
  await expect(panel.getByText('Rules viewed')).toBeVisible()
  await views.getByRole('link', { name: /Source/ }).click()
  await expect(panel.getByText('Source viewed')).toBeVisible()
  await panel.getByLabel(/Why/).fill('Read line by line. Money waits for a person.')
  await panel.getByRole('button', { name: 'Sign version 1' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Version 1 of ${SLUG} is signed by Ilse Tamm.`)
}

async function activate(page: Page): Promise<{ clientId: string; clientSecret: string }> {
  await page.goto(`/agents/${SLUG}`)
  await page.getByRole('main').getByRole('listitem').getByRole('link', { name: 'Make one' }).click()
  await page.getByRole('button', { name: 'Make a credential' }).click()
  const once = page.getByRole('status').filter({ hasText: 'it is shown this once, and kept nowhere' })
  const clientSecret = (await once.locator('code').textContent()) ?? ''
  const clientId = /the secret of (\S+) now/.exec((await once.textContent()) ?? '')?.[1] ?? ''
  await page.goto(`/agents/${SLUG}/credentials`)
  await expect(page.getByRole('row', { name: new RegExp(clientId) })).toBeVisible()
  expect(await page.content()).not.toContain(clientSecret)

  await page.goto(`/agents/${SLUG}`)
  await page.getByRole('button', { name: `Activate ${SLUG}` }).click()
  await expect(page.getByText(`${SLUG} is active.`)).toBeVisible()
  return { clientId, clientSecret }
}

async function works(program: CountersignClient): Promise<void> {
  const { answer, ran } = await program.perform(readTicket('SUP-5520'), () =>
    Promise.resolve({ subject: 'Storm damage' }),
  )
  expect(ran).toBe(true)
  expect(answer).toMatchObject({ decision: 'allow', status: 'succeeded', reason: { code: 'read_in_scope' } })

  // an executor of its own asks whether the grant is good, for exactly this
  const allowed = await program.propose(readTicket('SUP-5521'))
  const asked = { token: allowed.grant?.token ?? '', agent: SLUG, ...readTicket('SUP-5521') }
  expect(await program.introspect({ ...asked, arguments: { ticket: 'SUP-9999' } })).toMatchObject({ active: false })
  expect(await program.introspect(asked)).toMatchObject({ active: true, action: allowed.id })
  expect(await program.introspect(asked)).toMatchObject({ active: false })

  expect(await program.propose(exportContacts)).toMatchObject({ decision: 'forbid', reason: { code: 'never' } })
}

async function story(page: Page, action: Answer): Promise<void> {
  await page.goto(`/audit/actions/${action.id}`)
  const steps = page.getByRole('main')
  for (const step of ['Asked', 'Decided: hold', 'Approved', 'Executed', 'Proven'])
    await expect(steps.getByRole('heading', { level: 2, name: new RegExp(`^${step}\\b`) })).toBeVisible()
  await expect(steps).toContainText('approval_required[0]')
  await expect(steps).toContainText('signed by Ilse Tamm')
  await expect(steps).toContainText(/Dana Whitlock, analyst, approved it after \d/)
  await expect(steps).toContainText('“Two years of a cancelled rider: checked against the collections.”')
  await expect(steps).toContainText('gave one grant. Succeeded')
  await steps.getByRole('link', { name: 'Verify here' }).click()
  await expect(steps.getByText('Verified just now, from the bytes as they are stored.')).toBeVisible()

  const hops = page.getByRole('complementary', { name: 'Who stands behind it' })
  await hops.getByRole('link', { name: SLUG }).click()
  await expect(page.getByRole('heading', { level: 1, name: SLUG })).toBeVisible()
  await page.getByRole('complementary', { name: 'Identity' }).getByRole('link', { name: 'Priya Lindholm' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Priya Lindholm' })).toBeVisible()
}

/** `npx countersign verify`, as somebody with the server's data would run it. */
function verify(): Promise<{ code: number | null; said: string }> {
  const root = path.resolve(import.meta.dirname, '..')
  const child = spawn(process.execPath, ['bin/countersign.mjs', 'verify', '--data', world().dataFolder], { cwd: root })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
}

test('what is chosen and typed before the page’s program runs is kept, and counts once it does', async ({ as }) => {
  const program = await governedAgent('early-bird')
  const held = await program.propose(refund('A-6300'))
  const dana = await as('dana')
  let release = () => undefined as void
  const late = new Promise<void>((resolve) => (release = resolve))
  await dana.route('**/_next/static/**/*.js', async (route) => {
    await late
    await route.continue()
  })
  await dana.goto(`/approvals/${held.approval?.id}`, { waitUntil: 'commit' })
  await dana.getByRole('radio', { name: 'Reject it' }).check()
  await dana.getByLabel('Reason').fill('Paid twice already.')
  release()
  await dana.getByRole('button', { name: 'Reject this action' }).click()
  await expect(dana.getByText('You rejected it.').first()).toBeVisible()
  expect((await program.read(held.id)).status).toBe('rejected')

  await test.step('and of what to stop', async () => {
    let again = () => undefined as void
    const slow = new Promise<void>((resolve) => (again = resolve))
    await dana.unroute('**/_next/static/**/*.js')
    const page = await as('dana')
    await page.route('**/_next/static/**/*.js', async (route) => {
      await slow
      await route.continue()
    })
    await page.goto('/halt', { waitUntil: 'commit' })
    await page.getByRole('radio', { name: /The organisation/ }).check()
    again()
    await expect(page).toHaveURL(/scope=organisation/)
    await expect(page.getByRole('radio', { name: /The organisation/ })).toBeChecked()
  })
})
