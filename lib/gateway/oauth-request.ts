/** The errors of RFC 6749 §5.2, `invalid_target` of RFC 8707, those of RFC 8628 §3.5 and of RFC 7009 §2.2.1. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'temporarily_unavailable'
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'
  | 'unsupported_token_type'

export type OAuthError = { error: OAuthErrorCode; description: string }
export type Client = { id: string; secret: string }

/** Parameters of a form, each at most once (RFC 6749 §3.2); those without a value count as left out. */
export function readForm(body: string): Map<string, string> | OAuthError {
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(body)) {
    if (form.has(name)) return refuse('invalid_request', 'A parameter was sent twice.')
    form.set(name, value)
  }
  for (const [name, value] of form) if (value === '') form.delete(name)
  return form
}

/**
 * The client's id and secret, by `client_secret_basic` or `client_secret_post` (RFC 6749 §2.3.1), but not by both; null when
 * it did not say.
 */
export function readClient(
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
): Client | OAuthError | null {
  const posted = form.get('client_secret')
  const named = form.get('client_id')
  if (authorization === undefined) {
    return posted === undefined || named === undefined ? null : { id: named, secret: posted }
  }
  if (posted !== undefined) return refuse('invalid_request', 'The client authenticated in two ways at once.')
  const basic = readBasic(authorization)
  if (basic === null)
    return refuse('invalid_client', 'The Authorization header is not “Basic” with an id and a secret.')
  if (named !== undefined && named !== basic.id) return refuse('invalid_request', 'Two client ids were sent.')
  return basic
}

function readBasic(authorization: string): Client | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 0) return null
  const id = formDecoded(text.slice(0, colon))
  const secret = formDecoded(text.slice(colon + 1))
  return id === null || secret === null ? null : { id, secret }
}

// Both parts are form-encoded before they are joined (RFC 6749 §2.3.1).
function formDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

export function refuse(error: OAuthErrorCode, description: string): OAuthError {
  return { error, description }
}

export function isRefusal(value: object | null): value is OAuthError {
  return value !== null && 'error' in value
}
