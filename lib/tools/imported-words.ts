import type { ImportedList } from './import-list'

/** What became of a list, in words: for the page and the command line alike. */
export function importedWords({ added, same, described, held, unread }: ImportedList): string {
  const said = [
    counted(added, 'added', 'added'),
    counted(described, 'described by its server for the first time', 'described by their server for the first time'),
    counted(same, 'unchanged', 'unchanged'),
  ].filter((each) => each !== null)
  const first = said.length === 0 ? '' : `${said.join(', ')}. `
  const changed =
    held.length === 0
      ? ''
      : `${held.length === 1 ? 'One is' : `${String(held.length)} are`} not what was known before and now ${held.length === 1 ? 'asks' : 'ask'} a person: ${named(held)}. `
  const left = unread.length === 0 ? '' : `Not taken: ${unread.join(' ')}`
  return `${first}${changed}${left}`.trim()
}

const MOST_NAMED = 5

function named(tools: readonly string[]): string {
  const more = tools.length - MOST_NAMED
  return more > 0 ? `${tools.slice(0, MOST_NAMED).join(', ')} and ${String(more)} more` : tools.join(', ')
}

function counted(count: number, one: string, many: string): string | null {
  return count === 0 ? null : `${count === 1 ? 'One tool' : `${String(count)} tools`} ${count === 1 ? one : many}`
}
