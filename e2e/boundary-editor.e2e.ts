import AxeBuilder from '@axe-core/playwright'
import { governedAgent, refund } from './support/agents'
import { expect, test } from './support/journey'
import { countScripts } from './support/scripts'

const SLUG = 'edited-by-keyboard'

test('an owner edits a boundary with the keyboard alone: form, text, a fault, a tried call, saved', async ({ as }) => {
  const client = await governedAgent(SLUG)
  await client.propose(refund('A-17'))
  const page = await as('priya')
  await page.goto(`/boundaries/${SLUG}/draft`)
  const text = page.getByLabel('The boundary, as YAML')
  const { keyboard } = page

  // The form writes into the text, and nothing else in it moves.
  const purpose = page.getByRole('textbox', { name: 'Purpose', exact: true })
  await purpose.focus()
  const before = await text.inputValue()
  await keyboard.press('ControlOrMeta+a')
  await keyboard.type('Answers tickets in two languages')
  await expect(text).toHaveValue(
    before.replace(
      'purpose: Answers tickets, and asks before money moves',
      'purpose: Answers tickets in two languages',
    ),
  )
  const add = page.getByRole('combobox', { name: 'Add a tool to never' })
  await add.focus()
  await keyboard.type('crm.merge_accounts')
  await keyboard.press('Enter')
  await expect(text).toHaveValue(/never:\n {2}- crm\.export_contacts\n {2}- crm\.merge_accounts\n/)
  await keyboard.press('ControlOrMeta+z')
  await expect(text).not.toHaveValue(/merge_accounts/)
  await keyboard.press('ControlOrMeta+Shift+z')
  await expect(text).toHaveValue(/merge_accounts/)

  // The text writes into the form; a word is completed; Tab leaves.
  await text.focus()
  await keyboard.press('ControlOrMeta+End')
  await keyboard.type('expi')
  await expect(page.getByRole('option', { name: /expires/ })).toBeVisible()
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await keyboard.type('30 days')
  await expect(page.getByRole('textbox', { name: 'Lapses' })).toHaveValue('30 days')
  await keyboard.press('Tab')
  await expect(text).not.toBeFocused()

  // What cannot be read leaves the form as it was, marked, and unwritable.
  await text.focus()
  await keyboard.press('ControlOrMeta+End')
  await keyboard.type('\nnever_mind: [')
  await expect(page.getByText('The text cannot be read as it is. This form shows')).toBeVisible()
  await expect(purpose).toBeDisabled()
  await expect(purpose).toHaveValue('Answers tickets in two languages')
  await keyboard.type(']')
  await expect(purpose).toBeEnabled()

  // A fault of the language has its line, the nearest word, and a way there.
  const fault = page.getByRole('button', { name: /Line \d+, column 1 .*"never_mind" is not known/ })
  await expect(fault).toBeVisible()
  await keyboard.press('ControlOrMeta+Home')
  await keyboard.press('F8')
  await keyboard.press('Backspace')
  await expect(text).not.toHaveValue(/never_mind/)
  await expect(page.getByText('Nothing is wrong with it.')).toBeVisible()

  // A call is tried on the text as it stands, beside the version in force.
  await page.getByLabel('Tool', { exact: true }).focus()
  await keyboard.type('crm.merge_accounts')
  await keyboard.press('Enter')
  const tester = page.getByRole('region', { name: 'What would happen to this call?' })
  await expect(tester.getByRole('definition').nth(0)).toContainText(/Hold|Forbid/)
  await expect(tester.getByRole('definition').nth(1)).toContainText('Forbid by never[1]')
  await expect(
    tester.getByRole('row', { name: /never\[0\] Does not apply It is about crm\.export_contacts/ }),
  ).toBeVisible()

  await page.getByRole('textbox', { name: /Why it should change/ }).focus()
  await keyboard.type('Merging accounts is for people')
  await keyboard.press('ControlOrMeta+Enter')
  await expect(page).toHaveURL(new RegExp(`/boundaries/${SLUG}/2$`))
})

test('what is typed and not saved is there again after the tab is gone', async ({ as }) => {
  await governedAgent('kept-in-the-browser')
  const page = await as('priya')
  const address = '/boundaries/kept-in-the-browser/draft'
  await page.goto(address)
  const text = page.getByLabel('The boundary, as YAML')
  await expect(page.getByRole('textbox', { name: 'Purpose', exact: true })).toBeVisible()
  await text.focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('expires: 20 days')
  await expect
    .poll(() => page.evaluate(() => Object.values(localStorage).some((kept) => String(kept).includes('20 days'))))
    .toBe(true)
  const again = await page.context().newPage()
  await page.close({ runBeforeUnload: false })
  await again.goto(address)
  await expect(again.getByText('This browser kept what was not saved')).toBeVisible()
  await again.getByRole('button', { name: 'Go on with it' }).press('Enter')
  await expect(again.getByLabel('The boundary, as YAML')).toHaveValue(/expires: 20 days/)
})

test('without JavaScript the text is edited and saved as it is', async ({ as }) => {
  await governedAgent('plain-form')
  const page = await as('priya', { javaScriptEnabled: false })
  await page.goto('/boundaries/plain-form/draft')
  const text = page.getByLabel('The boundary, as YAML')
  await text.fill(`${await text.inputValue()}expires: 20 days\n`)
  await page.getByRole('button', { name: 'Save version 2' }).click()
  await expect(page).toHaveURL(/\/boundaries\/plain-form\/2/)
})

test('the editor passes axe in both themes and at every width, and its first load stays small', async ({ as }) => {
  const client = await governedAgent('looked-at-closely')
  await client.propose(refund('A-18'))
  const page = await as('priya')
  const scripts = await countScripts(page)
  await page.goto('/boundaries/looked-at-closely/draft', { waitUntil: 'load' })
  const first = await scripts.first()
  await expect(page.getByRole('textbox', { name: 'Purpose', exact: true })).toBeVisible()
  const all = scripts.all()
  // with the editor, and what every page loads after a while to watch the log
  expect({ first: first <= 170_000, all: all <= 270_000 }, `${first} bytes at first, ${all} in all`).toEqual({
    first: true,
    all: true,
  })
  const text = page.getByLabel('The boundary, as YAML')
  await text.fill(`${await text.inputValue()}nevr: [x]\n`)
  await expect(page.getByRole('button', { name: /Did you mean "never"/ })).toBeVisible()
  await text.fill((await text.inputValue()).replace('nevr: [x]\n', ''))
  await page.getByLabel('From what it did lately').selectOption({ index: 1 })
  await page.getByRole('button', { name: 'Try this call' }).click()
  await expect(page.getByText('With this draft')).toBeVisible()
  const wrong: string[] = []
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 390, 320]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (over > 0) wrong.push(`${colorScheme} ${width}: ${over} px sideways`)
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze()
      wrong.push(
        ...violations.map(
          ({ id, nodes }) => `${colorScheme} ${width}: ${id}: ${nodes.map(({ html }) => html).join(' · ')}`,
        ),
      )
    }
  expect(wrong).toEqual([])
})
