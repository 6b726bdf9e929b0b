import type { ToolsView } from './contract'
import type { ListedTool } from './read'

/** What is shown of the catalogue, by what has to be done about it, and how much there is of each. Pure. */
export type ToolsShown = {
  changed: ListedTool[]
  waiting: ListedTool[]
  confirmed: ListedTool[]
  counts: Record<ToolsView['show'], number>
}

type Kind = 'changed' | 'waiting' | 'confirmed'

/** Every tool is in exactly one of the three; `seen` are those of the waiting that only an agent named. */
export function kindOf({ confirmedAt, changedAt }: Pick<ListedTool, 'confirmedAt' | 'changedAt'>): Kind {
  return confirmedAt !== null ? 'confirmed' : changedAt !== null ? 'changed' : 'waiting'
}

/** The catalogue as its page asks for it: `q` is looked for in names, titles and descriptions, whatever the case. */
export function shownTools(tools: readonly ListedTool[], { show, q }: ToolsView): ToolsShown {
  const word = q.toLowerCase()
  const found = tools.filter(
    ({ server, name, title, description }) =>
      word === '' || `${server}.${name}\n${title}\n${description}`.toLowerCase().includes(word),
  )
  const of = (kind: Kind) => found.filter((tool) => kindOf(tool) === kind)
  const [changed, waiting, confirmed] = [of('changed'), of('waiting'), of('confirmed')]
  const seen = waiting.filter(({ source }) => source === 'seen')
  return {
    changed: show === 'confirmed' || show === 'seen' ? [] : changed,
    waiting: show === 'confirmed' || show === 'changed' ? [] : show === 'seen' ? seen : waiting,
    confirmed: show === 'all' || show === 'confirmed' ? confirmed : [],
    counts: {
      all: found.length,
      unconfirmed: changed.length + waiting.length,
      changed: changed.length,
      confirmed: confirmed.length,
      seen: seen.length,
    },
  }
}
