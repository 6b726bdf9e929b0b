import type pg from 'pg'
import { setImmediate as breathe } from 'node:timers/promises'
import { Decider } from '@/lib/decisions/decide'

const made = new WeakMap<pg.Pool, Decider>()

/** A decider for questions of the console: it evaluates, and never records. Its memory of signed documents is kept from question to question. */
export function lookingDecider(connections: pg.Pool): Decider {
  const known = made.get(connections) ?? new Decider({ connections, publicUrl: () => new URL('http://localhost') })
  made.set(connections, known)
  return known
}

/** So many are evaluated before others get their turn: decisions are made in this process too. */
const AT_ONCE = 25

/** Maps one by one, letting others of this process have their turn in between. */
export async function unhurried<T, R>(all: readonly T[], of: (one: T) => R): Promise<R[]> {
  const results: R[] = []
  for (const [i, one] of all.entries()) {
    if (i > 0 && i % AT_ONCE === 0) await breathe()
    results.push(of(one))
  }
  return results
}
