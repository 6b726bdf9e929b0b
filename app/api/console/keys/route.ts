import { z } from 'zod'
import { KEYS_COOKIE, KEYS_MAX_AGE } from '@/components/approvals/keys-setting'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Switches the single keys of the inbox on or off in this browser, and changes nothing else. */
export const POST = handle(
  { permission: 'console.read', input: z.strictObject({ keys: z.enum(['on', 'off']) }), transaction: false },
  async ({ input, setCookie }) => {
    setCookie(`${KEYS_COOKIE}=${input.keys}; Path=/; Max-Age=${KEYS_MAX_AGE}; SameSite=Lax`)
    return input
  },
  {
    then: () => paths.settings(),
    say: ({ keys }) => ({ text: keys === 'off' ? 'The keys are off in this browser.' : 'The keys are on.' }),
  },
)
