import { z } from 'zod'
import { OUTCOMES } from '@/lib/ledger/entry'
import { FORMATS, OTHERS } from './export'

const moment = z.iso
  .datetime({ offset: true, error: 'Give a moment with its zone: 2026-05-01T00:00:00Z.' })
  .or(z.iso.date({ error: 'Give a day: 2026-05-01.' }))
const blank = z.literal('').transform(() => undefined)

/**
 * `POST /api/console/audit/exports`: what to take away. A day alone begins at midnight UTC, and `to` names the last day that is
 * in it. Without `from`, from the first entry; without `to`, up to now.
 */
export const exportInput = z.strictObject({
  format: z.enum(FORMATS),
  /** what the audit's bar says: `agent:soc-triage outcome:forbid`; the fields below are added to it */
  q: blank.or(z.string().max(2_000)).optional(),
  /** the agent's slug */
  agent: blank.or(z.string().max(64)).optional(),
  outcome: blank.or(z.enum(OUTCOMES)).optional(),
  /** `act_…`: one action's story */
  action: blank.or(z.string().max(64)).optional(),
  from: blank.or(moment).optional(),
  to: blank.or(moment).optional(),
  /** of a bundle about one agent: what becomes of entries about others in its range */
  others: z.enum(OTHERS).default('entries'),
  /** of a bundle: how many decisions to draw at random */
  sample: z
    .union([
      z.int(),
      z
        .string()
        .regex(/^[0-9]{0,4}$/)
        .transform(Number),
    ])
    .pipe(z.int().min(0).max(1_000))
    .default(0),
})
export type ExportInput = z.infer<typeof exportInput>
