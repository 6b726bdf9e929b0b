import { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { drillReportInput } from '@/lib/halt/drill-contract'
import { readReport } from '@/lib/halt/read-drills'
import { csvRecord } from '@/lib/evidence/csv'
import { handle } from '@/lib/http/handle'

/** What a drill measured, as a file: the entry's own JSON, or a line for each agent. */
export const GET = handle(
  { permission: 'halt.read', input: drillReportInput, params: z.strictObject({ id: z.string() }) },
  async ({ db, input, params }) => {
    const found = await readReport(db, parsePublicId('drill', params.id))
    if (found === null) throw fault('not_found', { detail: 'There is no report of such a drill.' })
    const { report, entry, entryIndex } = found
    const body =
      input.format === 'json'
        ? `${JSON.stringify({ ...report, entry: { id: entry, index: entryIndex } }, null, 2)}\n`
        : [
            csvRecord(['drill', 'kind', 'begun_at', 'target_ms', 'agent', 'confirmed_ms', 'within_target']),
            ...report.agents.map(({ agent, confirmed_ms: ms }) =>
              csvRecord([
                report.drill,
                report.kind,
                report.begun_at,
                report.target_ms,
                agent,
                ms,
                ms !== null && ms <= report.target_ms ? 'yes' : 'no',
              ]),
            ),
          ].join('')
    return new Response(body, {
      headers: {
        'cache-control': 'no-store',
        'content-type': input.format === 'json' ? 'application/json' : 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${report.drill}.${input.format}"`,
        'x-content-type-options': 'nosniff',
      },
    })
  },
)
