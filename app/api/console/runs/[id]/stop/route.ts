import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { stopRunInput } from '@/lib/decisions/contract-stop'
import { stopRun, type Stopped } from '@/lib/decisions/stop-run'
import { handle } from '@/lib/http/handle'

/** Halts a run and rejects all it asks, in one act: the halt first, then each request, with its own result (C13). */
export const POST = handle(
  { permission: 'halt.engage', input: stopRunInput, params: z.strictObject({ id: z.string() }), transaction: false },
  async ({ actor, input, params }): Promise<Stopped> =>
    stopRun({
      run: params.id,
      runId: parsePublicId('run', params.id, 'id'),
      actor,
      reason: input.reason,
      now: () => new Date(),
    }),
  {
    then: ({ halt }, { params }) => `${paths.run(params.id, { stopped: halt })}#stopped`,
    say: ({ items }) => {
      const rejected = items.filter((item) => item.rejected).length
      return {
        text: `Halted. ${items.length === 0 ? 'Nothing of it was waiting.' : `${String(rejected)} of ${String(items.length)} requests rejected.`}`,
      }
    },
  },
)
