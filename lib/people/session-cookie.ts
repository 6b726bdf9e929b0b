import { decode, encode } from 'next-auth/jwt'
import { sessionConfig, type SessionConfig } from './session-config'

/** A day's work, after which everybody signs in again (NIST SP 800-63B-4 §2.2.3 allows 24 hours at AAL2). */
export const SESSION_HOURS = 12

/**
 * The name of the session's cookie. Over https it has the `__Host-` prefix (RFC 6265bis §4.1.3.2): no other host of the
 * domain can set it. Cookies ignore ports, so on plain http the port is in the name: two consoles on one machine would sign
 * each other out otherwise.
 */
export function sessionCookieName({ publicUrl }: Pick<SessionConfig, 'publicUrl'> = sessionConfig()): string {
  const { protocol, port } = new URL(publicUrl)
  return protocol === 'https:' ? '__Host-countersign' : `countersign-${port || '80'}`
}

/** Attributes of every cookie of ours that only the server reads. Lax: a link from a mail opens the console signed in. */
export function cookieAttributes({ publicUrl }: Pick<SessionConfig, 'publicUrl'> = sessionConfig()) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: new URL(publicUrl).protocol === 'https:' } as const
}

/** A `Set-Cookie` header. `maxAge` is in seconds; 0 removes the cookie; left out, it ends with the browser. */
export function setCookie(name: string, value: string, maxAge?: number): string {
  const { secure } = cookieAttributes()
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${age}`
}

/** The `Set-Cookie` header that signs a browser in: next-auth's own encrypted token, naming the session's row and no more. */
export async function signedInCookie(sessionId: string, personId: string): Promise<string> {
  const config = sessionConfig()
  const maxAge = SESSION_HOURS * 3600
  const token = await encode({ token: { sub: personId, sid: sessionId }, secret: config.secret, maxAge })
  return setCookie(sessionCookieName(config), token, maxAge)
}

/** The `Set-Cookie` header that signs a browser out. */
export function signedOutCookie(): string {
  return setCookie(sessionCookieName(), '', 0)
}

/**
 * The id of the session a `Cookie` header names, if its token is ours and in time. Whether the session still lives is the
 * database's to say.
 */
export async function sessionIdOf(cookieHeader: string | null | undefined): Promise<string | undefined> {
  const config = sessionConfig()
  const value = cookieOf(cookieHeader, sessionCookieName(config))
  if (value === undefined) return undefined
  try {
    const token = await decode({ token: value, secret: config.secret })
    return typeof token?.sid === 'string' ? token.sid : undefined
  } catch {
    return undefined
  }
}

/** The value of one cookie in a `Cookie` header (RFC 6265 §4.2.1). The first of that name counts, as browsers order them. */
export function cookieOf(header: string | null | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
