import type { Boundary, WatchRule } from './boundary'
import type { Binding } from './binding-limits'
import { lastDay } from './diff-mode'
import { watchWords } from './watch'
import { LIMIT_KINDS, type LimitName, limitWords } from './limits'
import type { RadiusItem } from './radius-item'
import type { Sentence } from './reach'

/** How much money may go before somebody is asked, as the end of a sentence about a tool that spends. */
export function spendingWords(limits: readonly Binding[]): string {
  const spends = limits.filter(({ name }) => LIMIT_KINDS[name].measure === 'spend').at(-1)
  if (spends === undefined) return ', without a limit of money'
  return `, up to ${limitWords(spends.name, spends.value)} ${said(spends.name)}`
}

/** What stops all of it, who hears of it first, and when it ends by itself. */
export function boundItems(
  { watch = [] }: Pick<Boundary, 'watch'>,
  limits: readonly Binding[],
  { observing, lapsesAt }: { observing: boolean; lapsesAt: number | null },
): RadiusItem[] {
  const most = limits.map(({ name, value }) => `${limitWords(name, value)} ${said(name)}`).join(', ')
  const refused = observing ? 'never, the baseline or a halt stops something' : 'something is refused'
  return [
    limits.length === 0
      ? {
          weight: 'bound',
          says: [
            { strong: 'As often as it likes' },
            observing ? ': while it only observes, its own limits stop nothing.' : ': no limit is set.',
          ],
          clause: null,
        }
      : {
          weight: 'bound',
          says: ['At most ', { strong: most }, '; then a person is asked.'],
          clause: limits[0]?.clause ?? null,
        },
    ...watchItems(watch),
    {
      weight: 'bound',
      says: [
        watch.some(isAlone)
          ? `No person is told of what it does alone before that, a limit is reached or ${refused}.`
          : limits.length === 0
            ? observing
              ? `Nobody is told of what it does alone before ${refused}.`
              : 'Nobody is told of what it does alone: the first alert is a refusal.'
            : `Nobody is told of what it does alone before a limit is reached or ${refused}.`,
      ],
      clause: null,
    },
    ...(lapsesAt === null
      ? []
      : [
          {
            weight: 'bound',
            says: ['Until ', { strong: lastDay(lapsesAt) }, '; then it lapses, and only what it reads goes on.'],
            clause: 'expires',
          } satisfies RadiusItem,
        ]),
  ]
}

/** What it does alone is watched by its calls, failures, new tools and long runs; refusals and rejections are none of it. */
const isAlone = ({ on }: WatchRule): boolean => on !== 'forbidden' && on !== 'rejected'

function watchItems(watch: readonly WatchRule[]): RadiusItem[] {
  return watch.flatMap((rule, at): RadiusItem[] => {
    if (!isAlone(rule)) return []
    const says: Sentence =
      rule.then === 'halt'
        ? [{ strong: 'It is halted by itself' }, ` with ${watchWords(rule)}.`]
        : [{ strong: 'An alert is raised' }, ` with ${watchWords(rule)}.`]
    return [{ weight: 'bound', says, clause: `watch[${String(at)}]` }]
  })
}

const said = (name: LimitName): string => LIMIT_KINDS[name].words.replace(/^(?:money|length of) /, '')
