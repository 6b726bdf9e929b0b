import { z } from 'zod'
import { LEASE } from './leases'

const WORDS = `Whole seconds, from ${String(LEASE.least)} to ${String(LEASE.most)}.`
const seconds = z.coerce.number(WORDS).int(WORDS).min(LEASE.least, WORDS).max(LEASE.most, WORDS)

/** `POST /api/console/organisation/lease`: how long a run of a client that renews lives without a word. */
export const leasesInput = z.strictObject({ seconds })

/** `POST /api/console/agents/{slug}/lease`: a shorter one for this agent; left empty, the organisation's. */
export const agentLeaseInput = z.strictObject({
  seconds: z.preprocess((given) => (given === '' ? null : given), seconds.nullable()),
})
