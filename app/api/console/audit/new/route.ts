import { newEntriesQuery, type NewEntriesOutput } from '@/lib/audit/contract'
import { countNewer } from '@/lib/audit/search'
import { parseTerms } from '@/lib/audit/term-parse'
import { readAddress } from '@/lib/audit/view-address'
import { rangeOf } from '@/lib/audit/view-range'
import { fault } from '@/lib/core/fault'
import { handle } from '@/lib/http/handle'

/** How many entries a view of the audit list would show above one. */
export const GET = handle(
  { permission: 'console.read', input: newEntriesQuery },
  async ({ actor, input: { after, ...view }, now }): Promise<NewEntriesOutput> => {
    const { address, problems } = readAddress(view, 'UTC')
    const read = parseTerms(address.q)
    const problem = problems[0] ?? (read.ok ? undefined : { parameter: 'q', says: read.problems[0].says })
    if (!read.ok || problem)
      throw fault('invalid_request', {
        field: problem?.parameter ?? 'q',
        detail: problem?.says ?? 'It cannot be read.',
      })
    const answer = await countNewer(actor, { terms: read.terms, range: rangeOf(address.span, now) }, after)
    if (!answer.ok) throw fault('not_found', { field: answer.unknown[0].field, detail: answer.unknown[0].says })
    return answer.found
  },
)
