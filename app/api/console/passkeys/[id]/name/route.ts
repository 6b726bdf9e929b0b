import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { idParams } from '@/lib/people/contract'
import { renamePasskey } from '@/lib/people/passkey-change'
import { renameInput } from '@/lib/people/passkey-contract'

/** Renames one's own passkey. */
export const POST = handle(
  {
    permission: 'passkey.manage',
    params: idParams,
    input: renameInput,
    subject: ({ actor }) => ({ personId: actor.id }),
  },
  async ({ db, actor, params, input }) => {
    await renamePasskey(db, actor, params.id, input.name)
  },
  { then: () => paths.passkeys(), say: () => ({ text: 'It has its new name.' }) },
)
