import { parseTheme, THEME_COOKIE, THEME_MAX_AGE } from '@/components/shell/theme'

/** The longest form this address reads, in bytes: one field of one word. */
const LONGEST = 64

/**
 * Pins a theme for a browser without JavaScript, and leads back. It needs no session: it changes how pages look in this
 * browser and nothing else, and a form of another site is refused all the same.
 */
export async function POST(request: Request): Promise<Response> {
  if ((request.headers.get('sec-fetch-site') ?? 'same-origin') !== 'same-origin')
    return new Response(null, { status: 403 })
  if (Number(request.headers.get('content-length') ?? Infinity) > LONGEST) return new Response(null, { status: 413 })
  const theme = parseTheme(new URLSearchParams(await request.text()).get('theme'))
  if (!theme) return new Response(null, { status: 400 })
  return new Response(null, {
    status: 303,
    headers: {
      location: pathOfReferrer(request),
      'set-cookie': `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${THEME_MAX_AGE}; SameSite=Lax`,
    },
  })
}

/** Where the form stood, as a path of ours: never another origin, whatever the header says. */
function pathOfReferrer(request: Request): string {
  const referrer = request.headers.get('referer')
  if (!referrer || !URL.canParse(referrer)) return '/'
  const { pathname, search } = new URL(referrer)
  return pathname.startsWith('//') ? '/' : pathname + search
}
