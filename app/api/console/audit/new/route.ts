import { newEntriesQuery, type NewEntriesOutput } from '@/lib/audit/contract'
import { countNew } from '@/lib/audit/read'
import { handle } from '@/lib/http/handle'

/** How many entries a view of the audit list would show above one. */
export const GET = handle(
  { permission: 'console.read', input: newEntriesQuery },
  ({ db, actor, input }): Promise<NewEntriesOutput> => countNew(db, actor, input, input.after),
)
