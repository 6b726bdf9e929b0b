import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { distrustProvider } from '@/lib/signals/trust-provider'

/** Hears an identity provider no more. */
export const POST = handle(
  { permission: 'identity_provider.manage', params: z.strictObject({ id: z.string() }) },
  async ({ db, actor, params, now }): Promise<{ removed: true }> => {
    await distrustProvider(db, actor, parsePublicId('provider', params.id), now)
    return { removed: true }
  },
  { then: () => paths.signals(), say: () => ({ text: 'It is heard no more. What it contained stays halted.' }) },
)
