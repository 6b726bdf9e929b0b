import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { linkSubjectInput } from '@/lib/signals/contract'
import { linkSubject } from '@/lib/signals/trust-provider'

/** Says who a provider's subject is here. */
export const POST = handle(
  {
    permission: 'identity_provider.manage',
    input: linkSubjectInput,
    params: z.strictObject({ id: z.string() }),
  },
  async ({ db, actor, input, params, now }): Promise<{ linked: true }> => {
    await linkSubject(db, actor, parsePublicId('provider', params.id), input, now)
    return { linked: true }
  },
  { then: () => paths.signals(), say: () => ({ text: 'Noted: events about that subject contain their agents.' }) },
)
