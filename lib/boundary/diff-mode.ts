import type { Boundary } from './boundary'
import type { Change } from './change'

/** To observe rather than enforce is wider, to observe for longer too; to enforce again, or sooner, is narrower. */
export function modeChange(before: Boundary | null, after: Boundary): Change[] {
  const [had, has] = [before?.mode?.observe_until ?? null, after.mode?.observe_until ?? null]
  if (had === has) return []
  const words = (until: number | null) => (until === null ? 'Enforces' : `Observes until ${lastDay(until)}`)
  return [
    {
      direction: (has ?? 0) > (had ?? 0) ? 'wider' : 'narrower',
      section: 'mode',
      subject: 'mode',
      when: null,
      before: before === null ? null : words(had),
      after: words(has),
      sentence:
        has === null
          ? ['It ', { strong: 'enforces' }, ' again, rather than only observing.']
          : [
              'Until ',
              { strong: lastDay(has) },
              ' it ',
              { strong: 'only observes' },
              ': nothing but never, the baseline and halts is enforced; the rest is recorded and runs.',
            ],
      said: null,
      override: has !== null,
    },
  ]
}

/** The last day on which it observes, `YYYY-MM-DD` (UTC), of the first moment after it. */
export function lastDay(until: number): string {
  return new Date(until - 1).toISOString().slice(0, 10)
}
