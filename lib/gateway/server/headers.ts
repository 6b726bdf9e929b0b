/** Headers of every answer, of both halves. */
export function commonHeaders(https: boolean): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
    ...(https && { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }),
  }
}

/** A machine's answer is data: nothing in it may run, load or be framed, wherever somebody opens it. */
export const MACHINE_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** What the console's API answers is data too, some of it files of hostile bytes: opened in a tab it has no origin (CSP level 3, `sandbox`). */
export const DATA_POLICY = `sandbox; ${MACHINE_POLICY}`

/**
 * The policy of one page (CSP level 3). Scripts and styles run by nonce alone, and what they load in turn is trusted. Style
 * attributes stay allowed: server-rendered widths and heights are written so, and an attribute cannot load or run anything.
 */
export function pagePolicy(nonce: string, https: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(https ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}
