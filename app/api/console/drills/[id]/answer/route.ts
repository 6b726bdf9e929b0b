import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { drillAnswerInput } from '@/lib/halt/drill-contract'
import { signLiveDrill } from '@/lib/halt/sign-live-drill'
import { handle } from '@/lib/http/handle'

/** The second person signs a live drill, which begins it, or does not (ADR 0038). */
export const POST = handle(
  {
    permission: 'drill.answer',
    input: drillAnswerInput,
    params: z.strictObject({ id: z.string() }),
    transaction: false,
  },
  async ({ actor, input, params, now }) => ({
    status: await signLiveDrill({
      drillId: parsePublicId('drill', params.id),
      actor,
      answer: input.answer,
      reason: input.reason,
      digest: Buffer.from(input.digest.slice('sha256:'.length), 'hex'),
      now,
    }),
  }),
  {
    then: (_, { params }) => paths.drill(params.id),
    say: ({ status }) => ({ text: SAID[status] }),
    back: () => paths.drills(),
  },
)

const SAID = {
  begun: 'Halted. It is lifted by itself when it has been measured.',
  refused: 'You did not agree, so nothing is halted.',
  prevented: 'This was halted in the meantime, so nothing was drilled.',
} as const
