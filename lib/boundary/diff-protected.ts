import type { Boundary } from './boundary'
import type { Change } from './change'

/** One protected resource more is narrower: it only holds what could happen. One less is wider. */
export function protectedChanges(before: Boundary, after: Boundary): Change[] {
  const had = before.protected ?? []
  const has = after.protected ?? []
  const make = (entry: string, added: boolean): Change => ({
    direction: added ? 'narrower' : 'wider',
    section: 'protected',
    subject: entry,
    when: null,
    before: added ? null : 'Protected',
    after: added ? 'Protected' : null,
    sentence: added
      ? ['Every change of ', { strong: entry }, ' asks a person.']
      : ['Changes of ', { strong: entry }, ' are ', { strong: 'no longer protected' }, ' by this boundary.'],
    said: null,
    override: false,
  })
  return [
    ...has.filter((entry) => !had.includes(entry)).map((entry) => make(entry, true)),
    ...had.filter((entry) => !has.includes(entry)).map((entry) => make(entry, false)),
  ]
}
