import { boundaryOf, exportContacts, governedAgent, readTicket } from './support/agents'
import { agreeToLift, askToLift } from './support/halts'
import { expect, test } from './support/journey'

test('an agent that does what its boundary watches for is halted by nobody, and runs again once two people lifted that', async ({
  as,
}) => {
  const slug = 'eager-exporter'
  const program = await governedAgent(slug, `${boundaryOf(slug)}watch:\n  - forbidden: 3 within 10m\n`)
  const dana = await as('dana')

  await test.step('its page says beforehand what stops it, and how near that is', async () => {
    expect((await program.propose(exportContacts)).decision).toBe('forbid')
    await expect(async () => {
      await dana.goto(`/agents/${slug}`)
      await expect(dana.getByRole('row', { name: /3 forbidden proposals within 10 minutes/ })).toContainText('1 of 3', {
        timeout: 1_000,
      })
    }).toPass()
    await expect(dana.getByRole('row', { name: /3 forbidden proposals/ })).toContainText('it is halted')
  })

  await test.step('the third time it is halted, by a rule and no person', async () => {
    await program.propose(exportContacts)
    expect((await program.propose(readTicket('SUP-1'))).decision).toBe('allow')
    await program.propose(exportContacts)
    await expect
      .poll(() =>
        program.propose(readTicket('SUP-2')).then(
          ({ reason }) => reason.code,
          ({ code }: { code: string }) => code,
        ),
      )
      .toMatch(/^(halted|stop_only)$/)
  })

  await test.step('the halt says which rule, and leads to what made it', async () => {
    await dana.goto('/halt')
    const halt = dana.getByRole('article').filter({ hasText: slug })
    await expect(halt).toContainText('watch[0] of boundary version 1: 3 forbidden proposals within 10 minutes.')
    await expect(halt).toContainText('engaged by a rule of Countersign')
    await halt.getByRole('link', { name: 'Open it' }).click()
    await expect(dana.getByText('Nobody engaged it')).toContainText('forbidden: 3 within 10m')
    const address = dana.url()
    await dana.getByRole('link', { name: 'See what made it' }).click()
    await expect(dana.getByRole('heading', { level: 1 })).toContainText(`${slug} was halted by a rule of its boundary`)
    await expect(dana.getByRole('group', { name: 'What raised it' }).getByRole('row')).toHaveCount(4)
    await dana.goto(address)
  })

  await test.step('two people lift it, and counting begins anew', async () => {
    const address = dana.url()
    await askToLift(dana, 'Its instructions were mistaken, and are mended')
    const bram = await as('bram')
    await bram.goto(address)
    await agreeToLift(bram, 'Read them')
    await expect
      .poll(() =>
        program.propose(readTicket('SUP-3')).then(
          ({ decision }) => decision,
          ({ code }: { code: string }) => code,
        ),
      )
      .toBe('allow')
    await expect(async () => {
      await dana.goto(`/agents/${slug}`)
      await expect(dana.getByRole('row', { name: /3 forbidden proposals/ })).toContainText('0 of 3', { timeout: 1_000 })
    }).toPass()
  })
})

test('its owner renews a boundary in one step, and a ciso has still to sign it', async ({ as }) => {
  const slug = 'long-liver'
  await governedAgent(slug)
  const priya = await as('priya', { javaScriptEnabled: false })
  await priya.goto(`/agents/${slug}`)
  await expect(
    priya.getByText(/^From .* it keeps 2 of its 4 permissions: reading at crm, reading at tickets/),
  ).toBeVisible()
  await priya.getByRole('button', { name: 'Start renewal' }).click()
  await expect(
    priya.getByText('Version 2 is the same text with a new term. It waits for a ciso’s signature.'),
  ).toBeVisible()
  await priya.goto(`/agents/${slug}`)
  await expect(priya.getByRole('button', { name: 'Start renewal' })).toHaveCount(0)
  await expect(priya.getByRole('link', { name: 'Version 2 waits for a signature' })).toBeVisible()
})

test('a ciso chooses what becomes of agents that lapse; an administrator reads it', async ({ as }) => {
  const [ilse, noor] = [await as('ilse', { javaScriptEnabled: false }), await as('noor')]
  await ilse.goto('/settings/organisation')
  await ilse.getByLabel('People are told so many days before it is due').fill('60, 30, 14, 7, 1')
  await ilse.locator('form[action="/api/console/organisation/lapse"]').getByRole('button', { name: 'Save' }).click()
  await expect(ilse.getByText('Saved. It holds for every answer from now on.')).toBeVisible()
  await noor.goto('/settings/organisation')
  await expect(noor.getByText('People are told 60, 30, 14, 7, 1 days before it is due.')).toBeVisible()
  await expect(noor.getByText('keeps what it reads')).toBeVisible()
})
