import { randomBytes } from 'node:crypto'
import { decode, encode } from 'next-auth/jwt'
import type { FaultCode } from '@/lib/core/fault'
import { sessionConfig } from './session-config'
import { cookieOf, setCookie } from './session-cookie'

/** What a plain form's answer says on the next page, without JavaScript: what went wrong, or what came of it. */
export type Flash = {
  /** the address the form was sent to: a page with several forms finds the right one by it */
  readonly form: string
  readonly errors?: readonly { readonly field?: string; readonly detail: string }[]
  readonly code?: FaultCode
  readonly requestId?: string
  /** what was typed, but for secrets */
  readonly values?: Readonly<Record<string, string | readonly string[]>>
  readonly notice?: Notice
}

/** What came of it. `secret` is shown this once: it is kept nowhere but in this cookie, encrypted, for a minute. */
export type Notice = { readonly text: string; readonly secret?: string }

/** The parameter of the page that carries an answer; a page opened later, or twice, has another one or none. */
export const FLASH_PARAMETER = 'said'
const NAME = 'countersign-said'
const SECONDS = 60
const SALT = 'flash'
// A cookie holds 4,096 bytes with its name and attributes, and encryption adds a third.
const MOST = 2_200
const SECRET_FIELD = /password|secret|token|^current$/i

/** Seals an answer into a cookie and answers its `Set-Cookie` header and the id that the page's address carries. */
export async function sealFlash(flash: Flash): Promise<{ id: string; setCookie: string }> {
  const id = randomBytes(6).toString('base64url')
  const token = { id, said: fitting(flash) }
  const sealed = await encode({ token, secret: sessionConfig().secret, salt: SALT, maxAge: SECONDS })
  return { id, setCookie: setCookie(NAME, sealed, SECONDS) }
}

/** The answer a page should show, out of its `Cookie` header and its parameter; undefined when there is none, or an old one. */
export async function openFlash(cookieHeader: string | null, id: unknown): Promise<Flash | undefined> {
  const value = cookieOf(cookieHeader, NAME)
  if (value === undefined || typeof id !== 'string') return undefined
  try {
    const token = await decode({ token: value, secret: sessionConfig().secret, salt: SALT })
    return token?.id === id ? (token.said as Flash) : undefined
  } catch {
    return undefined
  }
}

/** What was typed is given back where it fits, and never where it is secret. */
function fitting(flash: Flash): Flash {
  const { values, ...rest } = flash
  if (values === undefined) return rest
  const kept = Object.fromEntries(Object.entries(values).filter(([field]) => !SECRET_FIELD.test(field)))
  const whole = { ...rest, values: kept }
  return Buffer.byteLength(JSON.stringify(whole)) <= MOST ? whole : { ...rest, errors: rest.errors?.slice(0, 8) }
}
