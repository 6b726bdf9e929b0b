import { z } from 'zod'
import { readEntryAt } from '@/lib/audit/read-entry'
import { fault } from '@/lib/core/fault'
import { handle } from '@/lib/http/handle'
import { readTlogProof } from '@/lib/ledger/read-log'

const params = z.strictObject({
  index: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/)
    .transform(Number),
})

/** The `.tlog-proof` of one entry (C2SP tlog-proof), to take away: for whoever may read the entry. */
export const GET = handle({ permission: 'console.read', params }, async ({ db, actor, params: { index } }) => {
  await readEntryAt(db, actor, index)
  const proof = await readTlogProof(db, index)
  if (proof === null)
    throw fault('not_found', { detail: 'No signed checkpoint covers this entry yet. Ask again in a moment.' })
  return new Response(proof, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="entry-${index}.tlog-proof"`,
      'cache-control': 'no-store',
    },
  })
})
