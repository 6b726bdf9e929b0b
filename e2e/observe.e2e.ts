import { boundaryOf, exportContacts, governedAgent, refund } from './support/agents'
import { requestOn } from './support/approvals'
import { expect, sessionOf, test } from './support/journey'

const SLUG = 'watched-refunder'
const DAY = 86_400_000

test('a boundary observes first: nothing waits, everything is told; then it enforces', async ({ as }) => {
  const last = new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10)
  const program = await governedAgent(SLUG, `${boundaryOf(SLUG)}mode: observe until ${last}\n`)
  const ilse = await as('ilse')
  const dana = await as('dana')

  await test.step('what it signed says first that nothing but never is enforced, and until when', async () => {
    await ilse.goto(`/boundaries/${SLUG}/1`)
    const main = ilse.getByRole('main')
    await expect(main.getByText(`It only observes until ${last}.`)).toBeVisible()
    const worst = main.getByRole('region', { name: 'The worst it can do before somebody notices' })
    await expect(worst.getByRole('listitem').first()).toContainText(`Anything its credentials reach, until ${last}`)
  })

  const observed = await test.step('what would have waited for a person runs, and the answer says so', async () => {
    const answer = await program.propose(refund('A-7100', 900))
    expect(answer).toMatchObject({
      decision: 'allow',
      approval: null,
      reason: { code: 'observed' },
      observed: { decision: 'hold', reason: { code: 'approval_required', rule: 'approval_required[0]' } },
    })
    expect(answer.grant).not.toBeNull()
    await dana.goto('/approvals')
    await expect(requestOn(dana, 'A-7100')).toHaveCount(0)
    return answer
  })

  await test.step('never is never', async () => {
    expect(await program.propose(exportContacts)).toMatchObject({ decision: 'forbid', reason: { code: 'never' } })
  })

  await test.step('people see it: in the story, in the log, on the agent, and on the overview with its end', async () => {
    await dana.goto(`/audit/actions/${observed.id}`)
    await expect(dana.getByText('Its boundary only observed. Enforced, this would have asked a person:')).toBeVisible()
    await dana.goto(`/audit?q=${encodeURIComponent('label:would_hold')}`)
    await expect(dana.getByRole('main').getByRole('link', { name: SLUG }).first()).toBeVisible()
    await dana.goto(`/agents/${SLUG}`)
    await expect(dana.getByText(`It only observes until ${last}.`)).toBeVisible()
    await dana.goto('/')
    await expect(dana.getByRole('row', { name: new RegExp(`${SLUG}.*only observed until ${last}`) })).toBeVisible()
  })

  await test.step('the version that enforces is narrower, and what it signs ends what observing gave', async () => {
    const at = `/api/console/boundaries/${SLUG}`
    const drafted = await (
      await sessionOf('priya')
    ).post<{ version: number; digest: string }>(`${at}/draft`, {
      source: boundaryOf(SLUG),
      note: 'Two weeks of looking were enough.',
    })
    await ilse.goto(`/boundaries/${SLUG}/${drafted.version}`)
    await expect(ilse.getByRole('main')).toContainText('It enforces again, rather than only observing.')
    await (
      await sessionOf('ilse')
    ).post(`${at}/${drafted.version}/signature`, { digest: drafted.digest, statement: 'Seen what it would have held.' })
    const asked = { token: observed.grant?.token ?? '', agent: SLUG, ...refund('A-7100', 900) }
    const { tool, arguments: args, resource } = asked
    expect(
      await program.introspect({ token: asked.token, agent: SLUG, tool, arguments: args, resource }),
    ).toMatchObject({ active: false })
    expect(await program.propose(refund('A-7101', 900))).toMatchObject({
      decision: 'hold',
      observed: null,
      reason: { code: 'approval_required' },
    })
    await dana.goto('/approvals')
    await expect(requestOn(dana, 'A-7101')).toBeVisible()
  })
})
