import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { trustProviderInput } from '@/lib/signals/contract'
import { readProviders } from '@/lib/signals/read'
import { trustProvider } from '@/lib/signals/trust-provider'

/** The identity providers whose security events are heard, and what came last. */
export const GET = handle({ permission: 'identity_provider.read' }, ({ db }) => readProviders(db))

/** Hears one from now on. */
export const POST = handle(
  { permission: 'identity_provider.manage', input: trustProviderInput },
  async ({ db, actor, input, now }) => ({ id: publicId('provider', await trustProvider(db, actor, input, now)) }),
  { then: () => paths.signals(), say: () => ({ text: 'It is heard from now on.' }) },
)
