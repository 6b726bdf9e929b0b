import { hash, verify } from '@node-rs/argon2'
import { normalPassword } from './password'

// The library declares its names for these as a const enum, which cannot be imported file by file.
const ARGON2ID = 2
// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. About 20 ms on the machines of stack.md; the
// flood this could cause is bounded by the sign-in throttle, which counts before it hashes.
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }

/** The argon2id hash of a password, in the PHC string format with its salt and parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalPassword(password), PARAMETERS)
}

let decoy: Promise<string> | undefined

/**
 * Whether a password is the one that was hashed. With no hash (an unknown or a passwordless account) it takes as long and
 * answers false, so that the answer's time does not tell which accounts exist.
 */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this one')
  const matches = await verify(stored ?? (await decoy), normalPassword(password)).catch(() => false)
  return matches && stored !== null
}

/** Whether a stored hash was made with other parameters than today's, so that the next sign-in renews it. */
export function hashIsOutdated(stored: string): boolean {
  return !stored.startsWith(
    `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`,
  )
}
