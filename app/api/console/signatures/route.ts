import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { governSignatures } from '@/lib/people/govern-signatures'
import { signaturesInput } from '@/lib/people/passkey-contract'

/** A ciso says when signatures need a passkey. */
export const POST = handle(
  { permission: 'signatures.govern', input: signaturesInput },
  async ({ db, actor, input }) => {
    await governSignatures(db, actor, input.signatures)
  },
  { then: () => paths.passkeys(), say: () => ({ text: 'Saved, and recorded.' }) },
)
