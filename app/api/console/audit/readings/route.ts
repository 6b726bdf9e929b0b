import { readingInput } from '@/lib/audit/data-contract'
import { sayPurpose } from '@/lib/audit/say-purpose'
import { handle } from '@/lib/http/handle'

/** Says why one reads what is marked sensitive: an entry, and half an hour in which it opens. Not for tokens: they have no purpose. */
export const POST = handle(
  { permission: 'payload.open', input: readingInput, subject: ({ actor }) => ({ ownerId: actor.id }) },
  ({ db, actor, input, now }) => sayPurpose(db, actor, input.id, input.purpose, now),
  { then: (_, { page }) => page, say: () => ({ text: 'Recorded. It is open for you for half an hour.' }) },
)
