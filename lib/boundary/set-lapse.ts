import type { Db } from '@/lib/db/client'
import { changeOrRefuse } from '@/lib/db/gate'
import { prepareEntry } from '@/lib/ledger/append'
import { newId } from '@/lib/core/ids'
import type { LapseInput } from './contract'
import { lapseSetting } from './store-terms'

/**
 * Says what becomes of an agent whose boundary lapsed or whose review is overdue, and how many days before people are told. It alters
 * answers, so it is a ciso's, and takes lock K: it is given a database and no transaction.
 * @throws Fault `not_permitted` where the person is no ciso any more
 */
export async function setLapse(db: Db, person: { id: string }, input: LapseInput): Promise<void> {
  const before = await lapseSetting(db)
  const entry = await prepareEntry(db, {
    id: newId(),
    kind: 'organisation.edited',
    actor: `person:${person.id}`,
    subject: 'organisation',
    labels: [`on_lapse.${input.onLapse}`],
    payload: {
      before: { on_lapse: before.onLapse, remind_days: before.remindDays },
      on_lapse: input.onLapse,
      remind_days: input.remindDays,
    },
  })
  await changeOrRefuse('lapse.set', { by: person.id, on_lapse: input.onLapse, remind_days: input.remindDays }, entry)
}
