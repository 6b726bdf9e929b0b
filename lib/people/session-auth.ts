import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db, transaction } from '@/lib/db/client'
import { actorOfSession } from './actor-store'
import { checkPassword } from './check-password'
import { signInInput } from './contract'
import { endSessions } from './revoke-session'
import { sessionConfig } from './session-config'
import { cookieAttributes, sessionCookieName, SESSION_HOURS } from './session-cookie'
import { signIn, type Browser } from './sign-in'

/**
 * next-auth as this console uses it (ADR 0006): the JWT strategy, because its database sessions fail silently beside the
 * Credentials provider (stack.md), and under every token a row that each request checks, so that a session can be revoked.
 * It signs in by the same two verbs as the console's own form.
 */
export function authOptions(browser: Browser): NextAuthOptions {
  const config = sessionConfig()
  return {
    secret: config.secret,
    useSecureCookies: config.publicUrl.startsWith('https:'),
    session: { strategy: 'jwt', maxAge: SESSION_HOURS * 3600 },
    pages: { signIn: paths.login(), signOut: paths.login(), error: paths.login() },
    cookies: { sessionToken: { name: sessionCookieName(config), options: cookieAttributes(config) } },
    providers: [
      CredentialsProvider({
        name: 'email and password',
        credentials: { email: { label: 'Email', type: 'email' }, password: { label: 'Password', type: 'password' } },
        authorize: (credentials) => authorize(credentials, browser),
      }),
    ],
    callbacks: {
      // Signing in puts the row's id into the token; every later look asks whether the row still lives.
      jwt: async ({ token, user }) => {
        if (user && 'sid' in user) return { sub: user.id, sid: user.sid }
        const live = typeof token.sid === 'string' && (await actorOfSession(db(), token.sid)) !== undefined
        return live ? { sub: token.sub, sid: token.sid } : {}
      },
      session: async ({ session, token }) => {
        const actor = typeof token.sid === 'string' ? await actorOfSession(db(), token.sid) : undefined
        const user = actor && { id: actor.id, name: actor.name, email: actor.email, roles: actor.roles }
        return { expires: session.expires, user }
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid !== 'string' || typeof token.sub !== 'string') return
        const which = { id: token.sid, personId: token.sub }
        await transaction((tx) => endSessions(tx, which.personId, which, new Date()))
      },
    },
    logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
  }
}

/** Whoever signs in, or null: next-auth then says that nothing matched, whatever it was. */
async function authorize(credentials: Record<string, unknown> | undefined, browser: Browser) {
  const given = signInInput.pick({ email: true, password: true }).safeParse({
    email: credentials?.email,
    password: credentials?.password,
  })
  if (!given.success) return null
  const now = new Date()
  try {
    const { personId } = await checkPassword(db(), given.data, browser.address, now)
    const sid = await transaction((tx) => signIn(tx, personId, browser, now))
    return { id: personId, sid }
  } catch (error) {
    if (isFault(error)) return null
    throw error
  }
}
