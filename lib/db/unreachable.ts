/** What Postgres says as it goes away or comes up (Appendix A): class 08, `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, too many connections, read-only after a failover. */
const OF_POSTGRES = /^(?:08[0-9A-Z]{3}|57P0[1-5]|53300|25006)$/
/** What the system says of a connection that cannot be had or broke. */
const OF_THE_SYSTEM = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
])
/** Prisma’s: cannot reach, timed out, closed, no connection in time. */
const OF_PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024'])
/** What Prisma's driver adapter makes of the driver's. */
const OF_THE_ADAPTER = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
/** What node-postgres says without a code. */
const OF_THE_DRIVER =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|The server does not support|read ECONN|connect E|Cannot use a pool after calling end)/
const DEEPEST = 6

/** What whoever asked is told meanwhile. */
export const UNREACHABLE = {
  detail: 'The database cannot be reached, so nothing is allowed and nothing is recorded. Try again.',
  retryAfterSeconds: 1,
} as const

/**
 * Whether an error says that the database cannot be reached just now, rather than that something is wrong with what was asked of it. It
 * looks through what wraps the driver's error; anything it does not know is a defect.
 */
export function databaseUnreachable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return false
  const { code, originalCode, kind, message, cause, meta, driverAdapterError, errors } = error as Record<
    string,
    unknown
  >
  const codes = [code, originalCode].filter((each) => typeof each === 'string')
  if (codes.some((each) => OF_POSTGRES.test(each) || OF_THE_SYSTEM.has(each) || OF_PRISMA.has(each))) return true
  if (typeof kind === 'string' && OF_THE_ADAPTER.has(kind)) return true
  if (typeof message === 'string' && OF_THE_DRIVER.test(message)) return true
  const inside = [cause, meta, driverAdapterError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])]
  return inside.some((each) => databaseUnreachable(each, depth + 1))
}
