import type { Answer } from './client'
import { refusal } from './refusal'

/** An answer about an action, as far as programs go by it. @throws Refusal `unreadable` for anything else */
export function answerOf(body: unknown): Answer {
  const { id, status, reason } = (body ?? {}) as Partial<Answer>
  if (typeof id === 'string' && typeof status === 'string' && typeof reason?.code === 'string') return body as Answer
  throw refusal('unreadable', 0, 'What was answered is no answer about an action.')
}

/** The grant of an answer that allows; anything else, and anything odd, is none. */
export function grantOf({ status, grant }: Answer): string | null {
  if (status !== 'allowed' && status !== 'approved') return null
  const token: unknown = grant?.token
  return typeof token === 'string' && token !== '' ? token : null
}
