import { paths } from '@/lib/core/paths'
import { transaction } from '@/lib/db/client'
import { urgently } from '@/lib/db/urgent'
import { handle } from '@/lib/http/handle'
import { checkPassword } from '@/lib/people/check-password'
import { ofPersonQuery, signInInput } from '@/lib/people/contract'
import { localPath } from '@/lib/people/local-path'
import { sessionsOf } from '@/lib/people/read-own'
import { signedInCookie } from '@/lib/people/session-cookie'
import { signIn } from '@/lib/people/sign-in'

/** Signs in by e-mail and password (ADR 0006). Tries are counted outside of the transaction: a refused try is a try. */
export const POST = handle(
  { permission: 'public', input: signInInput, transaction: false },
  async ({ input, address, userAgent, now, setCookie }) => {
    // whoever wants to stop agents has to be known first, also when every ordinary connection is taken
    const signedIn = await urgently(async (db) => {
      const { personId } = await checkPassword(db, input, address, now)
      return { personId, sessionId: await transaction((tx) => signIn(tx, personId, { address, userAgent }, now), db) }
    })
    setCookie(await signedInCookie(signedIn.sessionId, signedIn.personId))
  },
  {
    then: (_, { input }) => localPath(input.next),
    back: ({ next }) => paths.login(typeof next === 'string' && next !== '' ? next : undefined),
  },
)

/** The living sessions of a person, by default one's own. */
export const GET = handle(
  {
    permission: 'session.read',
    input: ofPersonQuery,
    subject: ({ actor, input }) => ({ personId: input.person ?? actor.id }),
  },
  async ({ db, actor, input, now }) => ({ sessions: await sessionsOf(db, input.person ?? actor.id, now) }),
)
