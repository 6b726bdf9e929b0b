import type { Page } from '@playwright/test'
import type { CountersignClient, Refusal } from '../clients/sdk/client'
import { governedAgent, readTicket } from './support/agents'
import { liftAll } from './support/halts'
import { expect, sessionOf, test } from './support/journey'
import { chooseByTyping, tabTo } from './support/keyboard'

test.afterEach(({ as }) => liftAll(as))

let asked = 0
const answer = (client: CountersignClient) =>
  client.propose(readTicket(`SUP-${String((asked += 1))}`)).then(
    ({ decision }) => decision,
    (refusal: Refusal) => refusal.code,
  )
const HALTED = /^(forbid|stop_only)$/

/** Asks for a stage, with the keys alone. */
async function askByKeys(page: Page, name: string, which?: 'Which agent' | 'Which team'): Promise<void> {
  await toLifting(page)
  if (which !== undefined) {
    await tabTo(page, page.getByRole('combobox', { name: which }))
    await chooseByTyping(page.getByRole('combobox', { name: which }), name)
  }
  await tabTo(page, page.getByRole('textbox', { name: 'Why' }))
  await page.keyboard.type('Its source was cleaned')
  await tabTo(page, page.getByRole('textbox', { name: /^Type / }))
  await page.keyboard.type(name)
  await tabTo(page, page.getByRole('button', { name: 'Ask to lift this halt' }))
  await page.keyboard.press('Enter')
  await expect(page.getByText('Asked. It takes one more person to lift it.')).toBeVisible()
}

/** Past the agents it stops. */
async function toLifting(page: Page): Promise<void> {
  await tabTo(page, page.getByRole('link', { name: 'To lift it' }))
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: /^To lift it/ })).toBeFocused()
}

/** Agrees with it, with the keys alone. */
async function agreeByKeys(page: Page, name: string, says: RegExp): Promise<void> {
  await toLifting(page)
  await tabTo(page, page.getByRole('radio', { name: 'Agree to lift it' }))
  await page.keyboard.press('Space')
  await tabTo(page, page.getByRole('textbox', { name: 'Why' }))
  await page.keyboard.type('Read it, nothing left the house')
  await tabTo(page, page.getByRole('textbox', { name: `Type “${name}”` }))
  await page.keyboard.type(name)
  await tabTo(page, page.getByRole('button', { name: 'Record your answer' }))
  await page.keyboard.press('Enter')
  await expect(page.getByText(says)).toBeVisible()
}

const LET_GO = /Let go\. The rest stays halted/

test('two people lift an environment with the keys alone: one agent, its team, all; and take it back half way', async ({
  as,
}) => {
  const [first, mate] = [await governedAgent('lifted-first'), await governedAgent('lifted-later')]
  expect([await answer(first), await answer(mate)]).toEqual(['allow', 'allow'])
  const engaged = await sessionOf('bram')
  const { id } = await engaged.post<{ id: string }>('/api/console/halts', {
    scope: 'environment',
    environment: 'production',
  })
  expect([await answer(first), await answer(mate)].every((said) => HALTED.test(said))).toBe(true)
  const [bram, dana] = [await as('bram'), await as('dana')]

  await test.step('another name than the one that is let go is refused, and says which field', async () => {
    await dana.goto(`/halt/${id}`)
    await dana.getByRole('combobox', { name: 'Which agent' }).selectOption('lifted-first')
    await dana.getByRole('textbox', { name: 'Why' }).fill('Its source was cleaned')
    await dana.getByRole('textbox', { name: /^Type / }).fill('production')
    await dana.getByRole('button', { name: 'Ask to lift this halt' }).click()
    await expect(dana.getByRole('main')).toContainText('That is not what would be lifted. Type lifted-first, exactly.')
  })

  await test.step('one agent runs, and its mate does not', async () => {
    await dana.goto(`/halt/${id}`)
    await askByKeys(dana, 'lifted-first', 'Which agent')
    await bram.goto(`/halt/${id}`)
    await agreeByKeys(bram, 'lifted-first', LET_GO)
    await expect.poll(() => answer(mate)).toMatch(HALTED)
    await bram.reload()
    await expect(bram.getByRole('button', { name: 'Ask to lift this halt' })).toBeDisabled()
    await expect(bram.getByRole('main')).toContainText('This stage has shown nothing yet')
    await expect.poll(() => answer(first)).toBe('allow')
    await bram.reload()
    await expect(bram.getByRole('row', { name: /lifted-first.*1 of 1/ })).toBeVisible()
  })

  await test.step('one person takes it back, and it begins again', async () => {
    await toLifting(bram)
    await tabTo(bram, bram.getByRole('button', { name: 'Halt all of it again' }))
    await bram.keyboard.press('Enter')
    await expect(bram.getByText('Halted again. Nothing of it is let go any more.')).toBeVisible()
    expect(await answer(first)).toMatch(HALTED)
    await dana.goto(`/halt/${id}`)
    await askByKeys(dana, 'lifted-first', 'Which agent')
    await bram.goto(`/halt/${id}`)
    await agreeByKeys(bram, 'lifted-first', LET_GO)
    await expect.poll(() => answer(first)).toBe('allow')
  })

  await test.step('then its team, then all', async () => {
    await dana.goto(`/halt/${id}`)
    await askByKeys(dana, 'Security operations', 'Which team')
    await bram.goto(`/halt/${id}`)
    await agreeByKeys(bram, 'Security operations', LET_GO)
    await expect.poll(() => answer(mate)).toBe('allow')
    await dana.goto(`/halt/${id}`)
    await askByKeys(dana, 'production')
    await bram.goto(`/halt/${id}`)
    await agreeByKeys(bram, 'production', /Lifted\. Agents may propose again/)
    await bram.goto(`/halt/${id}`)
    await expect(bram.getByRole('group', { name: /Stages of the lift/ })).toContainText('halted again')
  })
})
