import type { Boundary, WatchRule } from './boundary'
import type { Change } from './change'
import { isAsStrict, watchText, watchWords } from './watch'

/** A watch rule that nothing as strict replaces is wider; one that nothing as strict preceded is narrower. */
export function watchChanges(before: Pick<Boundary, 'watch'>, after: Pick<Boundary, 'watch'>): Change[] {
  const had = before.watch ?? []
  const has = after.watch ?? []
  const base = (rule: WatchRule) => ({
    section: 'watch',
    subject: watchText(rule),
    when: null,
    said: null,
    override: false,
  })
  const lost = had.filter((rule) => !has.some((other) => isAsStrict(other, rule)))
  const gained = has.filter((rule) => !had.some((other) => isAsStrict(other, rule)))
  return [
    ...lost.map((rule): Change => {
      const instead = has.filter(({ on }) => on === rule.on).map(said)
      return {
        ...base(rule),
        direction: 'wider',
        before: said(rule),
        after: instead.length === 0 ? null : instead.join('; '),
        sentence: [
          { strong: rule.then === 'halt' ? 'No longer halts by itself' : 'No longer raises an alert' },
          ` with ${watchWords(rule)}`,
          instead.length === 0 ? '.' : `, but: ${instead.join('; ')}.`,
        ],
      }
    }),
    ...gained.map((rule): Change => ({
      ...base(rule),
      direction: 'narrower',
      before: null,
      after: said(rule),
      sentence: [
        { strong: rule.then === 'halt' ? 'Halts by itself' : 'Raises an alert' },
        ` with ${watchWords(rule)}.`,
      ],
    })),
  ]
}

const said = (rule: WatchRule): string => `${rule.then === 'halt' ? 'Halts' : 'Alerts'} with ${watchWords(rule)}`
