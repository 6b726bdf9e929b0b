import { handle } from '@/lib/http/handle'
import { governLeases } from '@/lib/runs/govern-leases'
import { leasesInput } from '@/lib/runs/lease-contract'

/** Says how long a run of a program that renews its lease lives without a word. */
export const POST = handle(
  { permission: 'lease.govern', input: leasesInput },
  ({ db, actor, input }) => governLeases(db, actor, input.seconds),
  { then: (_, { page }) => page, say: () => ({ text: 'Saved. It holds from the next renewal of each run on.' }) },
)
