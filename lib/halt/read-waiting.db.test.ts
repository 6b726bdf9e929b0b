import { expect, it } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { answererOf } from '@/lib/approvals/read'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { engage } from './engage'
import { lift } from './lift'
import { planLiveDrill } from './plan-live-drill'
import { readSecondsWanted } from './read-waiting'
import { signLiveDrill } from './sign-live-drill'
import { findDrill } from './store-drill'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
await testOrganisation()
const [dana, bram] = [await testPerson(['analyst'], 'Dana'), await testPerson(['ciso'], 'Bram')]
const seenBy = (actor: Actor, at = new Date()) => readSecondsWanted(db(), answererOf(actor), at)

it('a planned live drill waits for somebody else than who planned it, until it is signed or its hour is over', async () => {
  const { slug } = await sampleAgent(pools.superuser)
  const asked = { scope: 'agent', named: { agent: slug }, note: 'Monthly', windowMs: 15_000 } as const
  const id = await transaction((tx) => planLiveDrill(tx, { ...asked, actor: dana, now: new Date() }))
  const drill = { id: publicId('drill', id), scope: 'agent', name: slug }
  expect(await seenBy(bram)).toMatchObject([{ asker: 'Dana', reason: 'Monthly', mine: true, drill }])
  expect(await seenBy(dana)).toMatchObject([{ mine: false, drill }])
  expect(await seenBy(bram, new Date(Date.now() + 3_600_001))).toEqual([])
  const { rows } = await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [
    (await findDrill(db(), id))?.approval_id,
  ])
  const digest = rows[0]?.digest ?? expect.fail('no approval')
  await signLiveDrill({ drillId: id, actor: bram, answer: 'reject', reason: 'Not today', digest, now: new Date() })
  expect(await seenBy(bram)).toEqual([])
})

it('so does a lift that one person asked for', async () => {
  const { slug } = await sampleAgent(pools.superuser)
  const { id } = await engage({ scope: 'agent', agent: slug, reason: '', by: dana.id, now: new Date() })
  expect(await seenBy(bram)).toEqual([])
  await lift({ haltId: id, actor: dana, reason: 'cleaned', typed: slug, now: new Date() })
  expect(await seenBy(bram)).toMatchObject([{ asker: 'Dana', reason: 'cleaned', mine: true, halt: { haltId: id } }])
  expect(await seenBy(dana)).toMatchObject([{ mine: false }])
})
