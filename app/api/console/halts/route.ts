import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { engageInput, type EngageOutput } from '@/lib/halt/contract'
import { engage } from '@/lib/halt/engage'
import { handle } from '@/lib/http/handle'

/** Engages a halt. When this has answered, no action in its scope is allowed any more. */
export const POST = handle(
  { permission: 'halt.engage', input: engageInput, transaction: false },
  async ({ actor, input, now }): Promise<EngageOutput> => {
    const { id, already } = await engage({ ...input, by: actor.id, now })
    return { id: publicId('halt', id), already }
  },
  {
    then: ({ id }) => paths.haltOf(id),
    say: ({ already }) => ({
      text: already
        ? 'A halt was in force for this already, and still is.'
        : 'Halted. Nothing in its scope is allowed any more.',
    }),
    back: (sent) => {
      const { scope, run } = sent
      if (typeof run === 'string' && run.startsWith('run_')) return paths.run(run)
      if (typeof scope !== 'string') return paths.halt()
      const name = sent[scope]
      return paths.halt(scope, typeof name === 'string' ? name : undefined)
    },
  },
)
