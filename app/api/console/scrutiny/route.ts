import { paths } from '@/lib/core/paths'
import { addCheck } from '@/lib/decisions/change-scrutiny'
import { listChecks } from '@/lib/decisions/read-scrutiny'
import { checkInput } from '@/lib/decisions/scrutiny-contract'
import { handle } from '@/lib/http/handle'
import { publicId } from '@/lib/core/ids'

/** What to look for in what agents do. */
export const GET = handle({ permission: 'scrutiny.read' }, async ({ db }) => ({ checks: await listChecks(db) }))

/** Adds something to look for. */
export const POST = handle(
  { permission: 'scrutiny.edit', input: checkInput },
  async ({ db, actor, input, now }) => ({ id: publicId('check', await addCheck(db, actor, input, now)) }),
  { then: () => paths.scrutiny(), say: () => ({ text: 'Added. Approvers see it from now on.' }) },
)
