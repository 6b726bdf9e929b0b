import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { liftInput, type LiftOutput } from '@/lib/halt/contract'
import { lift } from '@/lib/halt/lift'
import { handle } from '@/lib/http/handle'

/** Asks to lift a halt, or answers the colleague who asked: two people, one of whom did not engage it (C34). */
export const POST = handle(
  { permission: 'halt.lift', input: liftInput, params: z.strictObject({ id: z.string() }), transaction: false },
  async ({ actor, input, params, now }): Promise<LiftOutput> => {
    const { digest, ...rest } = input
    const { status, seats, approvals } = await lift({
      haltId: parsePublicId('halt', params.id),
      actor,
      now,
      ...rest,
      ...(digest !== undefined && { digest: Buffer.from(digest.slice('sha256:'.length), 'hex') }),
    })
    return { status, seats, approvals }
  },
  {
    then: (_, { params }) => paths.haltOf(params.id),
    say: ({ status }) => ({ text: SAID[status] }),
  },
)

const SAID = {
  asked: 'Asked. It takes one more person to lift it.',
  refused: 'You did not agree, so it stays in force.',
  staged: 'Let go. The rest stays halted; look at what this stage shows before the next.',
  lifted: 'Lifted. Agents may propose again; nothing resumed by itself.',
} as const
