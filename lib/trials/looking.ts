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

/** So long is evaluated before others get their turn, in milliseconds: decisions are made in this process too. */
const AT_ONCE_MS = 5

/** Maps one by one, letting others of this process have their turn in between. */
export async function unhurried<T, R>(all: readonly T[], of: (one: T) => R): Promise<R[]> {
  const results: R[] = []
  let since = performance.now()
  for (const one of all) {
    if (performance.now() - since > AT_ONCE_MS) {
      await breathe()
      since = performance.now()
    }
    results.push(of(one))
  }
  return results
}
