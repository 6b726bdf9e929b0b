import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import type { AttentionSetting } from './attention'
import { attentionSetting } from './read-attention'
import { insertAttentionSetting } from './store-attention'

/** A ciso says from when on figures about approvals are a finding. What was set before stays, and the entry says both. */
export async function governAttention(
  db: Db,
  actor: Pick<Actor, 'id'>,
  setting: AttentionSetting,
  now: Date,
): Promise<AttentionSetting> {
  const before = await attentionSetting(db)
  await insertAttentionSetting(db, { id: newId(now.getTime()), personId: actor.id, ...setting })
  await append(db, {
    kind: 'attention.governed',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: { before, ...setting },
  })
  return setting
}
