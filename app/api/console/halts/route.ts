import { z } from 'zod'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { EngageOutput } from '@/lib/halt/contract'
import { engageAsked } from '@/lib/halt/engage-asked'
import { handle } from '@/lib/http/handle'

/**
 * Engages a halt. When this has answered, no action in its scope is allowed any more. What is asked is judged by the verb, which records
 * what it refuses.
 */
export const POST = handle(
  { permission: 'halt.engage', input: z.record(z.string(), z.unknown()), transaction: false, urgent: true },
  async ({ actor, input, now }): Promise<EngageOutput> => {
    const { id, already } = await engageAsked(input, { by: actor.id }, now)
    return { id: publicId('halt', id), already }
  },
  {
    then: ({ id }, { page }) => (isHaltNow(page) ? paths.haltNow() : paths.haltOf(id)),
    say: ({ already }) => ({
      text: already
        ? 'A halt was in force for this already, and still is.'
        : 'Halted. Nothing in its scope is allowed any more.',
    }),
    back: (sent, page) => {
      if (isHaltNow(page)) return paths.haltNow()
      const { scope, run } = sent
      if (typeof run === 'string' && run.startsWith('run_')) return paths.run(run)
      if (typeof scope !== 'string') return paths.halt()
      const name = sent[scope]
      return paths.halt(scope, typeof name === 'string' ? name : undefined)
    },
  },
)

/** Whoever came from the one page that still loads is told there. */
const isHaltNow = (page: string): boolean => page.split('?')[0] === paths.haltNow()
