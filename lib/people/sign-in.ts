import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { insertSession } from './session-store'

/** From where somebody signs in: shown to them in the list of their sessions, kept apart in the ledger. */
export type Browser = { address: string; userAgent: string }

/**
 * Opens a session for somebody who has just proved who they are: the row that every request checks, and the entry that
 * says so.
 * @returns the session's id, for its cookie
 */
export async function signIn(db: Db, personId: string, browser: Browser, now: Date): Promise<string> {
  const sessionId = await insertSession(db, { personId, ...browser, now })
  await append(db, {
    kind: 'person.signed_in',
    actor: `person:${personId}`,
    about: { session: sessionId },
    payload: { address: browser.address, user_agent: browser.userAgent },
  })
  return sessionId
}
