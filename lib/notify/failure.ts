/**
 * Why a delivery did not succeed: a closed list, with words for whoever looks after it. `again: false` is what trying again by
 * itself will not mend; the stream then stops until a person acts. Nothing is ever skipped for either.
 */
export const FAILURES = {
  dns: {
    again: true,
    says: 'The name of the receiver could not be looked up.',
    todo: 'Check its spelling and this server’s DNS.',
  },
  address: {
    again: false,
    says: 'The receiver’s address is one this server does not send to.',
    todo: 'Choose another destination, or allow private addresses for this stream if it is in your own network.',
  },
  plain: {
    again: false,
    says: 'The receiver has a public address, and the connection would not be encrypted.',
    todo: 'Use https or TLS.',
  },
  connect: {
    again: true,
    says: 'No connection to the receiver.',
    todo: 'See whether it runs and a firewall lets us through.',
  },
  tls: {
    again: true,
    says: 'The receiver’s certificate could not be verified.',
    todo: 'Give the certificate of its authority, or renew the receiver’s.',
  },
  timeout: { again: true, says: 'The receiver did not answer in time.', todo: 'See whether it is overloaded.' },
  broken: {
    again: true,
    says: 'The connection broke before the receiver had everything.',
    todo: 'See the receiver’s log.',
  },
  unclosed: {
    again: true,
    says: 'The receiver did not close after the last message, so nothing shows that it read all of them.',
    todo: 'See whether it expects octet counting (RFC 6587) and closes when the sender does.',
  },
  busy: { again: true, says: 'The receiver asked us to come later.', todo: 'Nothing, if it is passing.' },
  status: { again: true, says: 'The receiver refused.', todo: 'See its log; the credential or the path may be wrong.' },
  redirect: {
    again: true,
    says: 'The receiver sent us elsewhere, and redirects are not followed.',
    todo: 'Set the address it really has.',
  },
  gone: {
    again: false,
    says: 'The receiver says that nobody listens here any more (410).',
    todo: 'Set another address, or remove the stream.',
  },
  answer: {
    again: true,
    says: 'The receiver answered with something that is no OTLP response.',
    todo: 'Check the address: it usually ends in /v1/logs.',
  },
  rejected: {
    again: false,
    says: 'The receiver takes no entry like this one.',
    todo: 'See its log for the reason. Mend it and try again, or skip this entry: it stays in the ledger and is listed here.',
  },
  secret: {
    again: false,
    says: 'The secret of this stream cannot be opened with the keys of this server.',
    todo: 'Give or make a new one.',
  },
  login: {
    again: true,
    says: 'The mail server refused our name or password.',
    todo: 'Set them again under Settings, Notifications.',
  },
  recipient: {
    again: false,
    says: 'The mail server takes no mail for this address, or none like this.',
    todo: 'See whether the address is right and the server may send to it.',
  },
  late: {
    again: false,
    says: 'It could not be delivered for a whole day.',
    todo: 'Mend the channel: what waits by then is delivered.',
  },
  gap: {
    again: false,
    says: 'The next entry is missing from the database.',
    todo: 'Run npx countersign verify: somebody may have removed it.',
  },
  internal: { again: true, says: 'Sending failed on our side.', todo: 'See this server’s log.' },
} as const satisfies Record<string, { again: boolean; says: string; todo: string }>
export type FailureCode = keyof typeof FAILURES

/** What an entry itself can be the reason of: only then may a person skip it. A receiver that is not there is no entry's fault. */
export const SKIPPABLE: readonly string[] = [
  'rejected',
  'status',
  'answer',
  'timeout',
  'broken',
] satisfies FailureCode[]

/** `detail` is ours, never the receiver's own words: a stream must not become a way to read what answers inside a network. */
export type Failure = { code: FailureCode; detail: string | null; retryAfter: number | null }

/** What came of handing a unit to the receiver. */
export type Outcome = { ok: true } | ({ ok: false } & Failure)

/** A failure to answer or to throw away. */
export function failure(
  code: FailureCode,
  detail: string | null = null,
  retryAfter: number | null = null,
): Outcome & { ok: false } {
  return { ok: false, code, detail, retryAfter }
}

const CODES: Readonly<Record<string, FailureCode>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EHOSTDOWN: 'connect',
  EACCES: 'connect',
  EADDRNOTAVAIL: 'connect',
  ECONNRESET: 'broken',
  EPIPE: 'broken',
  ECONNABORTED: 'broken',
  ETIMEDOUT: 'timeout',
  unclosed: 'unclosed',
}

/** The failure that a thrown error of node:net, node:tls, node:http or node:dns stands for. */
export function failureOf(error: unknown): Outcome & { ok: false } {
  const code = codeOf(error)
  if (code === 'address' || code === 'plain') return failure(code, (error as Error).message)
  if (code.startsWith('HPE_')) return failure('broken', code)
  if (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || TLS.has(code) || code === 'EPROTO')
    return failure('tls', code)
  const known = CODES[code]
  return known === undefined ? failure('internal', code === '' ? null : code) : failure(known, code)
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What OpenSSL says of a chain (X509_V_ERR_…), as Node names it. */
const TLS: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
])
