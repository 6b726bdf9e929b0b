import { z } from 'zod'
import { THEME_COOKIE, THEME_MAX_AGE } from '@/components/shell/theme'
import { handle } from '@/lib/http/handle'

/** Pins a theme for a browser without JavaScript, and leads back. It changes how pages look in this browser, nothing else. */
export const POST = handle(
  { permission: 'public', input: z.strictObject({ theme: z.enum(['light', 'dark']) }), transaction: false },
  async ({ input, setCookie }) => {
    setCookie(`${THEME_COOKIE}=${input.theme}; Path=/; Max-Age=${THEME_MAX_AGE}; SameSite=Lax`)
  },
  { then: (_, { page }) => page },
)
