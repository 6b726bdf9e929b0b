import { governedAgent, refund } from './support/agents'
import { answerByKeyboard, requestOn } from './support/approvals'
import { agreeToLift, askToLift } from './support/halts'
import { expect, test } from './support/journey'
import { chooseByTyping, tabTo } from './support/keyboard'

test('an analyst answers what waits, one after the other, without a pointer', async ({ as }) => {
  const program = await governedAgent('keyboard-refunder')
  const [one, two, three] = [
    await program.propose(refund('A-9001')),
    await program.propose(refund('A-9002')),
    await program.propose(refund('A-9003')),
  ]
  const dana = await as('dana')
  await dana.goto('/approvals')
  await answerByKeyboard(dana, {
    about: 'A-9001',
    agent: 'keyboard-refunder',
    verdict: 'Reject it',
    reason: 'Not due: the policy ran on.',
  })
  expect(await program.settled(one)).toMatchObject({ status: 'rejected' })

  // the next one opens by itself, and the focus is on its headline
  await expect(requestOn(dana, 'A-9002')).toHaveAttribute('aria-current', 'page')
  await expect(dana.getByRole('heading', { level: 1, name: /^keyboard-refunder wants to/ })).toBeFocused()
  await tabTo(dana, dana.getByRole('radio', { name: 'Approve it' }))
  await dana.keyboard.press('Control+Enter')
  await expect(dana.getByRole('radio', { name: 'Approve it' })).toBeFocused()
  expect(await program.read(two.id)).toMatchObject({ status: 'held' })
  await dana.keyboard.press('Space')
  await tabTo(dana, dana.getByLabel('Reason'))
  await dana.keyboard.type('The policy had ended.')
  await dana.keyboard.press('Control+Enter')
  expect(await program.settled(two)).toMatchObject({ status: 'approved' })

  await expect(requestOn(dana, 'A-9003')).toHaveAttribute('aria-current', 'page')
  await expect(dana.getByRole('heading', { level: 1, name: /^keyboard-refunder wants to/ })).toBeFocused()
  await program.withdraw(three.id)
  await expect(dana.getByText('It was withdrawn: the agent gave it up')).toBeVisible()
})

test('somebody on call halts one agent without a pointer', async ({ as }) => {
  await governedAgent('keyboard-halted')
  const priya = await as('priya')
  await priya.goto('/agents')
  await tabTo(priya, priya.getByRole('link', { name: 'Halt…' }))
  await priya.keyboard.press('Enter')
  await expect(priya.getByRole('heading', { level: 1 })).toBeFocused()

  await tabTo(priya, priya.getByRole('radio', { name: /The organisation/ }))
  // past an environment and a team: the keys go on while the page reads what each would stop
  for (const scope of [/One environment/, /One team/, /One agent/]) {
    await priya.keyboard.press('ArrowDown')
    await expect(priya.getByRole('radio', { name: scope })).toBeChecked()
  }
  const which = priya.getByRole('combobox', { name: 'Which agent' })
  await tabTo(priya, which)
  await chooseByTyping(which, 'keyboard-halted')
  await tabTo(priya, priya.getByLabel('Why'))
  await priya.keyboard.type('Asked for the same thing all night')
  await tabTo(priya, priya.getByRole('button', { name: 'Halt keyboard-halted' }))
  await priya.keyboard.press('Enter')
  await expect(priya.getByRole('heading', { level: 1, name: 'keyboard-halted is halted.' })).toBeVisible()

  await askToLift(priya, 'It is silent now')
  const bram = await as('bram')
  await bram.goto(priya.url())
  await agreeToLift(bram, 'Agreed')
})
