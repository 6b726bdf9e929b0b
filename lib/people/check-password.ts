import { fault } from '@/lib/core/fault'
import { sha256 } from '@/lib/core/canonical'
import type { Db } from '@/lib/db/client'
import { countTry, windowRemainder } from '@/lib/db/throttle'
import { hashIsOutdated, hashPassword, passwordMatches } from './password-hash'
import { findPersonByEmail, updatePasswordHash } from './store'

/**
 * How many wrong passwords are heard, per window in seconds. One browser at one account is slowed soonest; an account as a
 * whole later, so that a stranger cannot keep its owner from halting an agent (NIST SP 800-63B-4 §3.2.2 allows 100 in a
 * row); an address last, because an office shares one.
 */
const LIMITS = {
  pair: { most: 10, seconds: 900 },
  account: { most: 100, seconds: 3600 },
  address: { most: 100, seconds: 900 },
} as const

/**
 * Whose e-mail and password these are. It counts the try before it looks, outside of any transaction, hashes for unknown
 * accounts too, and tells nobody which of the two was wrong.
 * @throws Fault `too_many_requests`, `invalid_credential`
 */
export async function checkPassword(
  db: Db,
  given: { email: string; password: string },
  address: string,
  now: Date,
): Promise<{ personId: string }> {
  const keys = keysOf(given.email, address)
  const [pair, account, fromAddress] = keys
  const waitFor = async ({ key, most, seconds }: (typeof keys)[number]) =>
    (await countTry(db, key, seconds, now)) > most ? windowRemainder(now, seconds) : 0
  const waits = await Promise.all([waitFor(pair), waitFor(fromAddress)])
  // A try that is not heard is not held against the account: one stranger alone could keep its owner out for an hour otherwise.
  if (Math.max(...waits) === 0) waits.push(await waitFor(account))
  const retryAfterSeconds = Math.max(...waits)
  if (retryAfterSeconds > 0)
    throw fault('too_many_requests', {
      retryAfterSeconds,
      detail: `Too many tries. Wait ${Math.ceil(retryAfterSeconds / 60)} min, or ask an administrator for a new link.`,
    })
  const person = await findPersonByEmail(db, given.email)
  const matches = await passwordMatches(person?.passwordHash ?? null, given.password)
  if (person === null || !matches || person.deactivatedAt !== null)
    throw fault('invalid_credential', { detail: 'The email or the password is not right.' })
  await forgive(db, keys)
  if (person.passwordHash !== null && hashIsOutdated(person.passwordHash))
    await updatePasswordHash(db, person.id, await hashPassword(given.password))
  return { personId: person.id }
}

function keysOf(email: string, address: string) {
  // A hash, so that the table of tries does not become a list of addresses that somebody typed.
  const account = sha256(email).toString('hex').slice(0, 32)
  return [
    { key: `sign-in:pair:${account}:${address}`, ...LIMITS.pair },
    { key: `sign-in:account:${account}`, ...LIMITS.account },
    { key: `sign-in:address:${address}`, ...LIMITS.address },
  ] as const
}

/** A right password clears what the wrong ones before it counted, but not what the address did to other accounts. */
async function forgive(db: Db, keys: readonly { key: string }[]): Promise<void> {
  const [pair, account, address] = keys.map(({ key }) => key)
  await db.$executeRaw`DELETE FROM throttle WHERE key IN (${pair}, ${account})`
  await db.$executeRaw`UPDATE throttle SET count = count - 1 WHERE key = ${address} AND count > 0`
}
