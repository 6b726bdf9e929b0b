import { valuesQuery, type ValuesOutput } from '@/lib/audit/contract'
import { seenValues } from '@/lib/audit/seen'
import { readAddress } from '@/lib/audit/view-address'
import { rangeOf } from '@/lib/audit/view-range'
import { fault } from '@/lib/core/fault'
import { handle } from '@/lib/http/handle'

/** Values of a field that begin so, for the bar's completion: what this person may read about, and nothing else. */
export const GET = handle(
  { permission: 'console.read', input: valuesQuery },
  async ({ actor, input: { field, prefix, ...view }, now }): Promise<ValuesOutput> => {
    const { address, problems } = readAddress(view, 'UTC')
    const [problem] = problems
    if (problem) throw fault('invalid_request', { field: problem.parameter, detail: problem.says })
    return { values: [...(await seenValues(actor, field, prefix, rangeOf(address.span, now)))] }
  },
)
