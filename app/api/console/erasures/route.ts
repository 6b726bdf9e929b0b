import { erasureInput } from '@/lib/audit/data-contract'
import { eraseFor } from '@/lib/audit/erase-for'
import { paths } from '@/lib/core/paths'
import { pool } from '@/lib/db/pool'
import { handle } from '@/lib/http/handle'

/** Erases what is kept about somebody, once the person has seen how much it is. As the jobs login: the app's cannot (ADR 0015). */
export const POST = handle(
  { permission: 'payload.erase', input: erasureInput, transaction: false },
  ({ actor, input }) => eraseFor(pool('jobs'), actor, input),
  {
    then: () => paths.data(),
    say: ({ payloads, erased }) => ({
      text: erased
        ? `Erased: ${payloads.toLocaleString('en')} payloads cannot be read by anybody any more.`
        : `Nothing is erased yet. ${payloads.toLocaleString('en')} payloads are kept about them: give that number as well, and they go.`,
    }),
  },
)
