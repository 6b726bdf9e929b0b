import net from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { engage } from '@/lib/halt/engage'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { escalateAction } from '@/lib/decisions/escalate'
import { expireAction } from '@/lib/decisions/expire'
import { HOLD, lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testLedger } from '@/lib/ledger/testing'
import { consume } from '@/lib/ledger/tail'
import { alertsConsumer } from '@/lib/alerts/follow'
import type { Actor } from '@/lib/people/actor'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { DEFAULT_CHOICE, readWants, type Choice } from './choice'
import { notificationsConsumer } from './follow-notifications'
import { headerOf, mailServerForTests, textOf } from './mail-testing'
import { notifyExpiring } from './notify-expiring'
import { addChannel, follow, plainMail, rows, sendAll, testMessenger, working } from './notifications-testing'
import { integrate } from './notify-testing'
import { minuteOfDay } from './quiet-hours'
import { httpReceiver } from './receiver-testing'
import { sendDue } from './send-notifications'
import { setChoice } from './store-choice'
import { markShown, takeScreen } from './take-screen'

const database = await testDatabase()
const { pools, db } = database
await testLedger(database)
const administrator = await testOrganisation()
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['analyst'], 'Bram Visser')]
const { held, verdict } = lifecycle(database)

let mailbox = await mailServerForTests()
await addChannel(administrator, plainMail(mailbox.port))
const { port } = mailbox
await follow()
const agent = await working(pools.superuser)
const mailsTo = (person: Actor) => mailbox.got.filter(({ to }) => to.includes(person.email))
const choice = (person: Actor, given: Partial<Choice>) =>
  setChoice(db, person.id, { ...DEFAULT_CHOICE, timeZone: null, ...given }, new Date())
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  await follow()
  await pools.superuser.query('DELETE FROM notification')
  await pools.superuser.query('DELETE FROM notification_choice')
  mailbox.got.length = 0
  mailbox.options.refuse = undefined
  mailbox.options.refuseRecipient = undefined
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe('who hears', () => {
  test('of a held request: whoever may fill its seat, by name of the page and never of an argument', async () => {
    const { answer } = await held(agent, { ...HOLD, arguments: { host: 'fin-lt-0442', note: 'the secret argument' } })
    await follow()
    await sendAll()
    for (const person of [dana, bram]) expect(mailsTo(person)).toHaveLength(1)
    expect(mailbox.got).toHaveLength(2)
    const raw = mailsTo(dana)[0]?.raw ?? ''
    expect(headerOf(raw, 'subject')).toBe(
      `[Quillhaven Mutual] An answer is wanted: ${agent.slug} wants to isolate host fin-lt-0442`,
    )
    expect(textOf(raw)).toContain(`https://countersign.example.com/approvals/${answer.approval?.id}`)
    expect(textOf(raw)).not.toContain('the secret argument')
    expect(headerOf(raw, 'auto-submitted')).toBe('auto-generated')
  })

  test('the requester, where they are one of us: asked, and rejected with the reason', async () => {
    const asked = { ...HOLD, on_behalf_of: { type: 'user' as const, id: bram.email } }
    const { answer, approvalId } = await held(agent, asked)
    await follow()
    await sendAll()
    // the requester never answers, so is asked nothing
    expect((await rows('person_id = $1', [bram.id])).map(({ kind, what }) => [kind, what])).toEqual([
      ['asked_for', 'asked'],
    ])
    await verdict(approvalId, answer.digest, dana, 'reject', 'Not on a Friday.\r\nBcc: everybody@evil.example')
    await follow()
    await sendAll()
    const last = mailsTo(bram).at(-1)?.raw ?? ''
    expect(headerOf(last, 'subject')).toContain('Rejected, asked on your behalf')
    expect(textOf(last)).toContain('Reason: Not on a Friday. Bcc: everybody[@]evil[.]example')
    expect(mailsTo(dana)).toHaveLength(1)
  })

  test('the requester also when nobody answered', async () => {
    const asked = {
      ...HOLD,
      resource: { type: 'host', id: 'late' },
      on_behalf_of: { type: 'user' as const, id: bram.email },
    }
    const { actionId } = await held(agent, asked)
    await transaction((tx) => expireAction(tx, actionId, new Date(Date.now() + 30 * 86_400_000)))
    await follow()
    await sendAll()
    expect(
      mailsTo(bram)
        .map(({ raw }) => headerOf(raw, 'subject'))
        .join(),
    ).toContain('Nobody answered in time')
  })

  test('of a halt: everybody who guards, at once and through quiet hours, but not who engaged it', async () => {
    // half a day around now: a day that ends at midnight leaves a minute out
    const minute = minuteOfDay(new Date(), 'Europe/Amsterdam')
    const whole = { from: (minute + 1_439) % 1_440, until: (minute + 720) % 1_440 }
    await choice(dana, { quiet: whole })
    await choice(bram, { quiet: whole, urgent: false })
    await engage({
      scope: 'agent',
      agent: agent.slug,
      reason: 'Strange calls <b>now</b>',
      by: administrator.id,
      now: new Date(),
    })
    await follow()
    const soon = await rows("kind = 'halt' AND due_at <= now()")
    expect(soon.map(({ person_id: id }) => id)).toContain(dana.id)
    expect(soon.map(({ person_id: id }) => id)).not.toContain(bram.id)
    await sendDue(testMessenger(), new AbortController().signal)
    expect(headerOf(mailsTo(dana)[0]?.raw ?? '', 'subject')).toBe(
      `[Quillhaven Mutual] Halt engaged: agent ${agent.slug}`,
    )
    expect(mailsTo(bram)).toHaveLength(0)
    await pools.superuser.query("UPDATE halt SET lifted_at = now(), lift_reason = 'test'")
  })

  test('whoever answers for somebody who is away, and those an escalation names', async () => {
    const [away, deputy, ciso] = [await testPerson(['analyst']), await testPerson([]), await testPerson(['ciso'])]
    await pools.superuser.query(
      `INSERT INTO delegation (id, delegator_id, delegate_id, starts_at, ends_at)
       VALUES ($1, $2, $3, now() - interval '1 hour', now() + interval '1 day')`,
      [newId(), away.id, deputy.id],
    )
    const { actionId, approvalId } = await held(await working(pools.superuser))
    await follow()
    expect((await rows("kind = 'request'")).map(({ person_id: id }) => id)).toContain(deputy.id)
    await pools.superuser.query(
      "UPDATE approval SET opened_at = now() - interval '9 hours', expires_at = now() + interval '1 hour' WHERE id = $1",
      [approvalId],
    )
    await transaction((tx) => escalateAction(tx, actionId, new Date()))
    await follow()
    const escalated = (await rows("kind = 'escalated'")).map(({ person_id: id }) => id)
    expect(escalated).toContain(ciso.id)
    expect(escalated).toContain(dana.id)
    await pools.superuser.query('UPDATE person SET deactivated_at = now() WHERE id = ANY ($1)', [
      [away.id, deputy.id, ciso.id],
    ])
  })

  test('that a request is about to expire: once, and nobody of one that is answered by then', async () => {
    await pools.superuser.query("UPDATE approval SET status = 'withdrawn', closed_at = now() WHERE status = 'pending'")
    const one = await held(await working(pools.superuser))
    await follow()
    await pools.superuser.query('DELETE FROM notification')
    const { rows: times } = await pools.superuser.query<{ expires_at: Date }>(
      'SELECT expires_at FROM approval WHERE id = $1',
      [one.approvalId],
    )
    const end = times[0]?.expires_at.getTime() ?? 0
    const tell = (now: Date) => transaction((tx) => notifyExpiring(tx, now))
    expect(await tell(new Date(end - 3_600_000))).toBe(0)
    const both = await Promise.all([tell(new Date(end - 600_000)), tell(new Date(end - 600_000))])
    expect(both.reduce((sum, n) => sum + n, 0)).toBe(1)
    expect((await rows()).map(({ kind }) => kind)).toEqual(['expiring', 'expiring'])
    await verdict(one.approvalId, one.answer.digest, dana, 'approve')
    await sendAll()
    expect((await rows("kind = 'expiring'")).map(({ state, why }) => [state, why])).toEqual([
      ['suppressed', 'over'],
      ['suppressed', 'over'],
    ])
    expect(mailbox.got).toHaveLength(0)
  })
})

describe('how much they hear', () => {
  test('a hundred requests of one rule within a minute are one message with their number', async () => {
    const busy = await working(pools.superuser)
    // past the cap on what one agent may have waiting, which is not what is tested here
    for (let n = 0; n < 100; n++) {
      const { rows: found } = await pools.superuser.query('SELECT 1 FROM approval WHERE agent_id = $1', [busy.agentId])
      if (found.length > n) continue
      await held(busy, { ...HOLD, resource: { type: 'host', id: `host-${n}` } }).catch(() => undefined)
      if (n % 20 === 19) await follow()
    }
    await follow()
    const { rows: counted } = await pools.superuser.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM approval WHERE agent_id = $1',
      [busy.agentId],
    )
    const n = counted[0]?.n ?? 0
    expect(n).toBeGreaterThan(10)
    const mine = await rows("person_id = $1 AND kind = 'request'", [dana.id])
    expect(mine.map(({ count }) => count)).toEqual([n])
    expect((mine[0]?.due_at.getTime() ?? 0) - (mine[0]?.created_at.getTime() ?? 0)).toBeLessThanOrEqual(60_000)
    await sendAll()
    expect(mailsTo(dana)).toHaveLength(1)
    expect(headerOf(mailsTo(dana)[0]?.raw ?? '', 'subject')).toBe(
      `[Quillhaven Mutual] ${n} requests of ${busy.slug} wait for you`,
    )
    // what comes right after waits until the minute is over
    await pools.superuser.query("UPDATE approval SET status = 'withdrawn', closed_at = now() WHERE agent_id = $1", [
      busy.agentId,
    ])
    await held(busy, { ...HOLD, resource: { type: 'host', id: 'next' } })
    await follow()
    const next = (await rows("person_id = $1 AND kind = 'request' AND state = 'queued'", [dana.id]))[0]
    expect((next?.due_at.getTime() ?? 0) - (mine[0]?.created_at.getTime() ?? 0)).toBeGreaterThanOrEqual(60_000)
  })

  test('digests gather what came, are one mail, and leave out what is over', async () => {
    await choice(dana, { wants: readWants({ mail: { request: 'hourly' } }) })
    const others = [await working(pools.superuser), await working(pools.superuser), await working(pools.superuser)]
    const all = []
    for (const one of others) all.push(await held(one))
    await follow()
    const [, second] = all
    await verdict(second?.approvalId ?? '', second?.answer.digest ?? '', bram, 'approve')
    await sendAll()
    expect(mailsTo(dana)).toHaveLength(1)
    const raw = mailsTo(dana)[0]?.raw ?? ''
    expect(headerOf(raw, 'subject')).toBe('[Quillhaven Mutual] 2 things of the last hour')
    expect(textOf(raw)).toContain(all[0]?.answer.approval?.id ?? '?')
    expect(textOf(raw)).not.toContain(second?.answer.approval?.id ?? '?')
    const mine = await rows("person_id = $1 AND via = 'mail' AND kind = 'request'", [dana.id])
    expect(mine.map(({ state }) => state).toSorted()).toEqual(['digested', 'sent', 'suppressed'])
    expect(mine.find(({ state }) => state === 'digested')?.with_id).toBe(mine.find(({ state }) => state === 'sent')?.id)
  })

  test('nobody hears by mail where they turned it off, and a deactivated person hears nothing more', async () => {
    await choice(dana, { wants: readWants({ mail: { request: 'off' } }) })
    await held(await working(pools.superuser))
    await follow()
    expect(await rows('person_id = $1', [dana.id])).toEqual([])
    await pools.superuser.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [bram.id])
    await sendAll()
    expect((await rows('person_id = $1', [bram.id])).map(({ state, why }) => [state, why])).toEqual([
      ['suppressed', 'removed'],
    ])
    await pools.superuser.query('UPDATE person SET deactivated_at = NULL WHERE id = $1', [bram.id])
  })
})

describe('delivery', () => {
  test('is by one replica alone, however many send at once, and each entry counts once', async () => {
    for (let n = 0; n < 6; n++) await held(await working(pools.superuser))
    await integrate()
    await Promise.all([consume(notificationsConsumer), consume(notificationsConsumer)])
    await follow()
    await pools.superuser.query("UPDATE notification SET due_at = now() - interval '1 second'")
    const { signal } = new AbortController()
    await Promise.all([1, 2, 3, 4].map(() => sendDue(testMessenger(), signal)))
    const ids = mailbox.got.map(({ raw }) => headerOf(raw, 'message-id'))
    expect(ids).toHaveLength(12)
    expect(new Set(ids).size).toBe(12)
    expect((await rows()).every(({ state, attempts }) => state === 'sent' && attempts === 1)).toBe(true)
  })

  test('is tried again with back-off while the server is away; people hear of it once, and it arrives when it is back', async () => {
    await mailbox.stop()
    await held(await working(pools.superuser))
    await follow()
    for (let n = 0; n < 4; n++) await sendAll()
    const waiting = await rows("via = 'mail'")
    expect(waiting.map(({ state, why }) => [state, why])).toEqual([
      ['queued', 'connect'],
      ['queued', 'connect'],
    ])
    expect(waiting[0]?.attempts).toBe(4)
    expect(waiting[0]?.due_at.getTime()).toBeGreaterThan(Date.now() + 1_000)
    expect(await entriesOf(database, 'channel.failed')).toHaveLength(1)
    await integrate()
    while ((await consume(alertsConsumer)) > 0);
    const { rows: alerts } = await pools.app.query("SELECT kind FROM alert WHERE kind = 'channel_failing'")
    expect(alerts).toHaveLength(1)
    mailbox = await mailServerForTests({ port })
    await sendAll()
    expect(mailsTo(dana)).toHaveLength(1)
    expect(await entriesOf(database, 'channel.recovered')).toHaveLength(1)
  })

  test('a server that takes a connection and says nothing holds back nobody else, and is not asked for every message', async () => {
    const silent = net.createServer(() => undefined)
    await mailbox.stop()
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve))
    for (let n = 0; n < 10; n++) await held(await working(pools.superuser))
    await engage({ scope: 'agent', agent: agent.slug, reason: 'x', by: administrator.id, now: new Date() })
    const slack = await httpReceiver(() => ({ status: 200 }))
    closing.push(() => slack.stop())
    await addChannel(administrator, {
      ...{ kind: 'slack', name: 'Beside', url: `http://127.0.0.1:${slack.port}/`, team: null, kinds: ['request'] },
      ...{ severity: 'warning', private: true },
    })
    await held(await working(pools.superuser))
    await follow()
    await pools.app.query("UPDATE notification SET due_at = now() - interval '1 second'")
    // what is held back is not due again while this runs, however long it takes
    await sendDue(testMessenger({ random: () => 200 }), new AbortController().signal)
    expect(slack.taken.length).toBeGreaterThan(0)
    const tried = await rows("via = 'mail' AND attempts > 0")
    expect(tried.length).toBeLessThanOrEqual(4)
    expect(tried.every(({ state, why }) => state === 'queued' && why === 'timeout')).toBe(true)
    await new Promise<void>((resolve) =>
      silent.close(() => {
        resolve()
      }),
    )
    mailbox = await mailServerForTests({ port })
    await pools.superuser.query("UPDATE channel SET state = 'removed' WHERE name = 'Beside'")
    await pools.superuser.query("UPDATE halt SET lifted_at = now(), lift_reason = 'test'")
  })

  test('gives up what the server will never take, tries again what it may, and keeps nothing of its words', async () => {
    mailbox.options.refuseRecipient = (address) => (address === dana.email ? 550 : 451)
    await held(await working(pools.superuser))
    await follow()
    await sendAll()
    const of = async (person: Actor) => (await rows("person_id = $1 AND via = 'mail'", [person.id]))[0]
    expect(await of(dana)).toMatchObject({ state: 'failed', why: 'recipient', detail: 'SMTP 550' })
    expect(await of(bram)).toMatchObject({ state: 'queued', why: 'busy', detail: 'SMTP 451' })
    await pools.superuser.query(
      "UPDATE notification SET created_at = now() - interval '25 hours' WHERE person_id = $1",
      [bram.id],
    )
    await sendAll()
    expect(await of(bram)).toMatchObject({ state: 'failed', why: 'late' })
  })
})

describe('screens', () => {
  test('are handed a message once, say that they showed it, and are not handed what is over', async () => {
    await choice(dana, { wants: readWants({ mail: { request: 'off' }, browser: { request: 'now' } }) })
    const { approvalId, answer } = await held(await working(pools.superuser))
    await follow()
    const [first, second] = [await takeScreen(db, dana.id, new Date()), await takeScreen(db, dana.id, new Date())]
    expect(first.notifications).toMatchObject([
      { title: expect.stringContaining('An answer is wanted') as string, path: `/approvals/${answer.approval?.id}` },
    ])
    expect(second.notifications).toEqual([])
    // nobody else says so for them
    expect(await markShown(db, bram.id, [first.notifications[0]?.id ?? ''], new Date())).toEqual({ shown: 0 })
    expect(await markShown(db, dana.id, [first.notifications[0]?.id ?? ''], new Date())).toEqual({ shown: 1 })
    expect((await rows("via = 'browser'")).map(({ state }) => state)).toEqual(['sent'])
    const again = await held(await working(pools.superuser))
    await follow()
    await verdict(again.approvalId, again.answer.digest, bram, 'approve')
    expect((await takeScreen(db, dana.id, new Date())).notifications).toEqual([])
    await verdict(approvalId, answer.digest, dana, 'approve')
  })
})

describe('what Postgres holds', () => {
  test('the app neither removes channels nor changes to whom a message goes', async () => {
    await expect(pools.app.query('DELETE FROM channel')).rejects.toThrow(/permission denied/)
    await expect(pools.app.query('UPDATE notification SET person_id = NULL')).rejects.toThrow(/permission denied/)
    await expect(pools.app.query('UPDATE notification SET kind = kind')).rejects.toThrow(/permission denied/)
    await expect(pools.app.query("UPDATE channel SET kind = 'slack'")).rejects.toThrow(/permission denied/)
    await expect(pools.app.query('DELETE FROM notification_choice')).rejects.toThrow(/permission denied/)
  })
})
