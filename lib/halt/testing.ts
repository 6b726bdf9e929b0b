import { pool } from '@/lib/db/pool'
import { nameOfHalt } from './lift-request'
import { findHalt } from './store'

/** What lifting all of a halt takes typing, for tests that lift one. */
export async function typedName(haltId: string): Promise<string> {
  const halt = await findHalt(pool('app'), haltId)
  return halt === null ? '' : nameOfHalt(halt)
}
