import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import type { Wants } from './choice'
import type { ChoiceGiven } from './notification-contract'
import { KINDS, type NotificationKind, type Pace } from './notification'
import { choiceOf, setChoice } from './store-choice'

/** Sets what somebody wants to hear, for themselves. */
export async function choose(db: Db, actor: Actor, given: ChoiceGiven, now: Date): Promise<void> {
  const of = <T>(value: (kind: NotificationKind) => T) =>
    Object.fromEntries(KINDS.map((kind) => [kind, value(kind)])) as Record<NotificationKind, T>
  const wants: Wants = {
    mail: of((kind) => given[`mail_${kind}`] as Pace),
    browser: of((kind) => (given[`browser_${kind}`] === true ? 'now' : 'off')),
  }
  const { severity, time_zone: timeZone, quiet_from: from, quiet_until: until, urgent } = given
  const quiet = from === null || until === null ? null : { from, until }
  await setChoice(db, actor.id, { wants, severity, timeZone, quiet, urgent }, now)
  await note(db, actor, wants)
}

/** Wants every kind on screens, where nothing was wanted there before: what allowing it in a browser means. */
export async function allowScreens(db: Db, actor: Actor, now: Date): Promise<void> {
  const { wants, severity, timeZone, houseZone, quiet, urgent } = await choiceOf(db, actor.id)
  if (KINDS.some((kind) => wants.browser[kind] === 'now')) return
  const browser = Object.fromEntries(KINDS.map((kind) => [kind, 'now'])) as Wants['browser']
  const zone = timeZone === houseZone ? null : timeZone
  await setChoice(db, actor.id, { wants: { ...wants, browser }, severity, timeZone: zone, quiet, urgent }, now)
  await note(db, actor, { ...wants, browser })
}

async function note(db: Db, actor: Actor, wants: Wants): Promise<void> {
  const off = KINDS.filter((kind) => wants.mail[kind] === 'off' && wants.browser[kind] === 'off')
  await append(db, {
    ...{ kind: 'notifications.chosen', actor: `person:${actor.id}`, labels: off.map((kind) => `off_${kind}`) },
    payload: { wants },
  })
}
