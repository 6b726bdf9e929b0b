import type { CountersignClient, Refusal } from '../clients/sdk/client'
import { governedAgent, readTicket, refund } from './support/agents'
import { agreeToLift, askToLift, haltEverything, liftAll } from './support/halts'
import { expect, sessionOf, test } from './support/journey'

/** A program that never stops asking, and keeps what it was answered by the time it asked. */
class Loop {
  readonly answers: { askedAt: number; said: string }[] = []
  readonly heard: { event: string; halt: string }[] = []
  readonly #end = new AbortController()
  #running: Promise<unknown> = Promise.resolve()

  constructor(private readonly client: CountersignClient) {}

  start(): this {
    this.#running = Promise.all([this.#ask(), this.#listen()])
    return this
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  /** What it was answered to everything it asked after a moment. */
  since(moment: number): string[] {
    return this.answers.filter(({ askedAt }) => askedAt >= moment).map(({ said }) => said)
  }

  async #ask(): Promise<void> {
    for (let n = 0; !this.#end.signal.aborted; n++) {
      const askedAt = performance.now()
      const said = await this.client.propose(readTicket(`SUP-${n}`)).then(
        ({ decision, reason }) => `${decision} ${reason.code}`,
        (refusal: Refusal) => `refused ${refusal.code}`,
      )
      this.answers.push({ askedAt, said })
    }
  }

  /** Confirms every halt, as a harness must, and remembers what it heard. */
  async #listen(): Promise<void> {
    for await (const { event, data } of this.client.halts(this.#end.signal)) {
      if (event === 'state') continue
      const { id, requested_at } = data as { id: string; requested_at?: string }
      this.heard.push({ event, halt: id })
      if (event === 'engaged') await this.client.acknowledge({ id, requested_at })
    }
  }
}

const NOT_NOW = /^(forbid halted|refused stop_only)$/
/** What let it go on; a server that is too busy to answer refuses with a code of its own, which is no less. */
const ALLOWED = /^allow/

test.afterEach(({ as }) => liftAll(as))

test('everything is halted from a page without JavaScript while a program runs, and runs again only when two people said so', async ({
  as,
}) => {
  const client = await governedAgent('tireless-reader')
  const held = await client.propose(refund('A-8001'))
  const program = new Loop(client).start()
  await expect.poll(() => program.answers.length).toBeGreaterThan(5)
  expect(program.since(0)).toContain('allow read_in_scope')

  const dana = await as('dana')
  await dana.goto(`/approvals/${held.approval?.id}`)
  await expect(dana.getByRole('heading', { name: 'Your verdict' })).toBeVisible()

  const bram = await as('bram', { javaScriptEnabled: false })
  await haltEverything(bram, 'It reads what nobody asked it to read')
  const halted = performance.now()

  await test.step('not one action asked for from then on is allowed', async () => {
    await expect.poll(() => program.since(halted).length).toBeGreaterThan(20)
    expect(program.since(halted).filter((said) => ALLOWED.test(said))).toEqual([])
    expect(program.since(halted).filter((said) => NOT_NOW.test(said)).length).toBeGreaterThan(5)
  })

  await test.step('the program hears it and confirms, and a colleague sees all of it without a reload', async () => {
    await expect.poll(() => program.heard.map(({ event }) => event)).toEqual(['engaged'])
    await expect(dana.getByRole('status').filter({ hasText: /agents? are halted/ })).toContainText('by Bram Castellane')
    await expect(dana.getByRole('heading', { name: 'No verdict counts now' })).toBeVisible()
    await dana.getByRole('link', { name: /^Open the halt/ }).click()
    await expect(dana.getByRole('row', { name: /tireless-reader/ })).toContainText('Confirmed')
  })

  await test.step('every room says so', async () => {
    for (const room of ['/', '/approvals', '/agents', '/boundaries', '/audit', '/alerts', '/halt', '/settings']) {
      await bram.goto(room)
      await expect(bram.getByRole('status').filter({ hasText: /agents? are halted/ })).toBeVisible()
    }
  })

  await test.step('who engaged it asks to lift it, and cannot do it alone', async () => {
    await bram.goto(`/halt/${program.heard[0]?.halt}`)
    await askToLift(bram, 'Its source was cleaned')
    await expect(bram.getByRole('textbox', { name: 'Why' })).toBeDisabled()
    await expect(bram.getByRole('button', { name: 'Record your answer' })).toBeDisabled()
    expect(program.since(halted).filter((said) => ALLOWED.test(said))).toEqual([])
  })

  await test.step('a second person agrees: only then does it run again', async () => {
    expect(program.since(halted).filter((said) => ALLOWED.test(said))).toEqual([])
    await agreeToLift(dana, 'Read what it read, nothing left the house')
    await expect.poll(() => program.since(halted)).toContain('allow read_in_scope')
    await expect.poll(() => program.heard.map(({ event }) => event)).toEqual(['engaged', 'lifted'])
  })

  await test.step('what was frozen waits as it was', async () => {
    await dana.goto(`/approvals/${held.approval?.id}`)
    await expect(dana.getByRole('heading', { name: 'Your verdict' })).toBeVisible()
    await client.withdraw(held.id)
  })
  await program.stop()
})

test('one agent is halted by whoever is on call, and the others go on', async ({ as }) => {
  const [stopped, other] = [await governedAgent('stopped-alone'), await governedAgent('left-alone')]
  const priya = await as('priya')
  await priya.goto('/halt')
  await priya.getByRole('radio', { name: /One agent/ }).check()
  await priya.getByRole('combobox', { name: 'Which agent' }).selectOption('stopped-alone')
  await priya.getByRole('button', { name: 'Halt stopped-alone' }).click()
  await expect(priya.getByRole('heading', { level: 1, name: 'stopped-alone is halted.' })).toBeVisible()
  await expect(priya.getByRole('status').filter({ hasText: 'Agent stopped-alone' })).toBeVisible()

  const answer = await stopped.propose(readTicket('SUP-1')).then(
    ({ reason }) => reason.code,
    (refusal: Refusal) => refusal.code,
  )
  expect(answer).toMatch(/^(halted|stop_only)$/)
  expect(await other.propose(readTicket('SUP-1'))).toMatchObject({ decision: 'allow' })
})

test('who may not halt is told who may, on the page and by the server', async ({ as }) => {
  await governedAgent('not-mine-to-stop')
  const sanne = await as('sanne')
  await sanne.goto('/halt?scope=organisation')
  await expect(sanne.getByRole('button', { name: /^Halt / })).toBeDisabled()
  await expect(sanne.getByRole('main')).toContainText('An auditor reads everything and changes nothing.')
  const auditor = await sessionOf('sanne')
  await expect(auditor.post('/api/console/halts', { scope: 'organisation' })).rejects.toMatchObject({
    code: 'not_permitted',
    status: 403,
  })
})
