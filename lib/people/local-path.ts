/**
 * Where to go after signing in, from a `next` that anybody may have written into a link: a path of this console or the
 * fallback, never another origin. Backslashes count as slashes (browsers read them so), and what a URL parser would drop
 * on the way is refused instead of cleaned.
 */
export function localPath(next: unknown, fallback = '/'): string {
  if (typeof next !== 'string' || next.length > 2048) return fallback
  // Controls, spaces and backslashes have no business in a path we made; tab and newline vanish while a URL is parsed.
  if (!/^\/[^\u0000-\u0020\\\u007f]*$/u.test(next) || next.startsWith('//')) return fallback
  const base = 'http://console.invalid'
  if (!URL.canParse(next, base)) return fallback
  const url = new URL(next, base)
  // After a dot segment a path can begin with two slashes, which a browser reads as another host.
  if (url.origin !== base || url.pathname.startsWith('//')) return fallback
  // An address that only answers programs is nowhere to land.
  if (url.pathname === '/api' || url.pathname.startsWith('/api/')) return fallback
  return url.pathname + url.search + url.hash
}
