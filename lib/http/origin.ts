const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Why a request is not taken for one of our own pages', or undefined when it is (DESIGN §3). Reads pass: they change nothing
 * and nobody else's page can see their answer. Everything else has to say where it comes from: browsers send
 * `Sec-Fetch-Site` over https and to localhost, and `Origin` with every POST; a request with neither is refused.
 * @param publicUrl the console's origin; its loopback names count as one
 */
export function crossSite(
  request: { method: string; origin: string | null; secFetchSite: string | null },
  publicUrl: string,
): string | undefined {
  const { method, origin, secFetchSite } = request
  if (READS.has(method)) return undefined
  if (secFetchSite !== null && secFetchSite !== 'same-origin')
    return `The browser says it came from elsewhere (${site(secFetchSite)}).`
  // A page with the policy no-referrer sends `null`: fine when the browser vouches for it otherwise.
  if (origin === null || origin === 'null')
    return secFetchSite === null ? `Say where you come from: Origin: ${publicUrl}` : undefined
  return sameConsole(origin, publicUrl) ? undefined : `This console is ${publicUrl}. Open it there.`
}

const site = (value: string): string => (/^[a-z-]{1,20}$/.test(value) ? value : 'unreadable')

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function sameConsole(origin: string, publicUrl: string): boolean {
  if (origin === publicUrl) return true
  if (!URL.canParse(origin)) return false
  const theirs = new URL(origin)
  const ours = new URL(publicUrl)
  return (
    theirs.protocol === ours.protocol &&
    theirs.port === ours.port &&
    LOOPBACK.has(theirs.hostname) &&
    LOOPBACK.has(ours.hostname)
  )
}
