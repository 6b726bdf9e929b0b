import { spelledOut } from '@/lib/core/hostile'
import type { BoundaryLine } from './bundle-parts'
import { REPORT_ROWS, type BundleTally } from './bundle-tally'
import type { PeopleThen } from './people-then'

export type Report = {
  origin: string
  by: string
  made: { at: string; entry: number }
  query: { text: string; from: string; to: string }
  scope: { kind: 'complete'; first: number; end: number; agent: string | null; others: string } | { kind: 'picked' }
  head: { size: number; root: string }
  people: PeopleThen
  boundaries: readonly BoundaryLine[]
  names: ReadonlyMap<string, string>
  tally: BundleTally
  drawn: readonly number[]
}

/**
 * `report.html`: a page to read and print, complete in itself. It runs nothing, loads nothing (its own policy says so), and every word that
 * somebody else wrote is text: escaped, and with what cannot be seen made visible.
 */
export function reportOf(report: Report): string {
  const { query, scope, head, made, by, tally } = report
  const title = query.text === '' ? 'everything recorded' : query.text
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Evidence: ${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Evidence: ${text(title)}</h1>
<p>From ${text(query.from)} to ${text(query.to)}. Made ${text(made.at)} by ${text(by)}, and recorded as entry #${made.entry} before it left.</p>
<dl>
<dt>Log</dt><dd>${text(report.origin)}</dd>
<dt>Checkpoint</dt><dd>${head.size.toLocaleString('en')} entries, root <code>${text(head.root)}</code></dd>
<dt>Range</dt><dd>${rangeWords(scope)}</dd>
<dt>About it</dt><dd>${tally.about.toLocaleString('en')} entries</dd>
</dl>
<p class="note">This page is a summary and proves nothing. <code>npx countersign verify</code> checks the bundle it lies in, and says what that proves.</p>
${section(
  'What happened',
  table(
    ['What', 'Entries'],
    [...tally.counts].toSorted().map(([what, n]) => [what, n.toLocaleString('en')]),
  ),
)}
${report.drawn.length > 0 ? section('The sample', `<p>Drawn at random from ${tally.population.length.toLocaleString('en')} decisions: ${report.drawn.map((place) => `#${String(place)}`).join(', ')}.</p>`) : ''}
${section(
  'Who answered for the agents, as of then',
  table(
    ['Agent', 'Owner', 'Since entry'],
    report.people.owners.map((one) => [one.slug ?? one.agent, nameOf(report, one.owner), `#${String(one.entry)}`]),
  ),
)}
${section(
  'Roles, as of then',
  table(
    ['Person', 'Roles', 'Account', 'Since entry'],
    report.people.people.map((one) => [
      one.name ?? one.id,
      one.roles.join(', ') || 'none',
      one.active ? 'active' : 'deactivated',
      `#${String(one.entry)}`,
    ]),
  ),
)}
${report.boundaries.map((one) => section(`Boundary of ${nameOf(report, one.agent)}, version ${String(one.version)}`, `<p>Signed by ${text(one.signedBy ? nameOf(report, one.signedBy) : 'nobody')}, ${text(one.signedAt ?? '')}. <code>${text(one.digest)}</code></p><pre>${text(one.source)}</pre>`)).join('\n')}
${section(entriesWords(tally), entryTable(report))}
</body>
</html>
`
}

function rangeWords(scope: Report['scope']): string {
  if (scope.kind === 'picked') return 'picked entries, each with its proof: whether others matched is not proven'
  const others = scope.others === 'hashes' ? ', those about others as hashes alone' : ''
  return `every place from #${scope.first.toLocaleString('en')} to #${(scope.end - 1).toLocaleString('en')}${others}`
}

function entriesWords({ about }: BundleTally): string {
  return about > REPORT_ROWS ? `The first ${REPORT_ROWS} of ${about.toLocaleString('en')} entries` : 'Entries'
}

function entryTable({ tally, names }: Report): string {
  const rows = tally.rows.map(({ index, entry, projection }) => [
    `#${String(index)}`,
    entry?.time ?? '',
    entry?.kind ?? 'not an entry',
    [entry?.outcome, entry?.reason].filter(Boolean).join(', '),
    (entry?.agent && (names.get(entry.agent) ?? entry.agent)) ?? '',
    projection?.tool ?? entry?.tool ?? '',
    [projection?.resource_type, projection?.resource_id].filter(Boolean).join('/'),
    projection?.sentence ?? '',
  ])
  return table(['Place', 'Time', 'What', 'Outcome', 'Agent', 'Tool', 'Resource', 'In a sentence'], rows)
}

const nameOf = ({ names }: Report, id: string): string => names.get(id) ?? id
const section = (title: string, body: string): string => `<section><h2>${text(title)}</h2>${body}</section>`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '<p>None.</p>'
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`
  return `<table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Anybody's words as text: what cannot be seen is shown, and nothing is markup. */
function text(words: string): string {
  return spelledOut(words).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? '')
}

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:12px}
th,td{text-align:left;vertical-align:top;padding:.2rem .5rem;border-bottom:1px solid #ccc;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #ccc;padding:.5rem;font-size:12px}
.note{border-left:3px solid #888;padding-left:.8rem}@media print{body{margin:0;max-width:none}section{break-inside:auto}tr{break-inside:avoid}}`
