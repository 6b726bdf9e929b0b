import { type Baseline, type Boundary, lapsesAt } from '@/lib/boundary/boundary'
import type { Change } from '@/lib/boundary/change'
import { diffBaselines, diffBoundaries } from '@/lib/boundary/diff'
import { parseBaseline, parseBoundary, type Parsed } from '@/lib/boundary/parse'
import type { CatalogueTool } from '@/lib/tools/tool'
import { EXITS } from '../shared/exits'
import { Trouble } from '../shared/trouble'

/** A document of either kind, with its text. */
export type Policy =
  { kind: 'boundary'; document: Boundary; source: string } | { kind: 'baseline'; document: Baseline; source: string }

const DAY = 86_400_000
/** Only a boundary says which agent it is for. */
const NAMES_AN_AGENT = /^agent[ \t]*:/m
export const namesAnAgent = (source: string): boolean => NAMES_AN_AGENT.test(source)

/**
 * Reads a text as a boundary, or as a baseline where it names no agent.
 * @throws Trouble, with exit 2, naming every fault with its line and column
 */
export function readPolicy(source: string, name: string, agent?: string): Policy {
  const text = source.replaceAll('\r\n', '\n')
  if (NAMES_AN_AGENT.test(text) || agent !== undefined)
    return { kind: 'boundary', document: documentOf(parseBoundary(text, agent), name), source: text }
  return { kind: 'baseline', document: documentOf(parseBaseline(text), name), source: text }
}

function documentOf<T>(read: Parsed<T>, name: string): T {
  if (read.ok) return read.document
  const faults = read.errors.map(
    ({ line, column, path, message }) => `${name}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  )
  throw new Trouble(faults.join('\n'), EXITS.unusable)
}

/** What one document changes against another, by meaning. @throws Trouble, with exit 2, where they are of two kinds */
export function changesBetween(
  before: Policy | null,
  after: Policy,
  catalogue: readonly CatalogueTool[],
  now: number,
): Change[] {
  if (after.kind === 'baseline') {
    if (before?.kind === 'boundary')
      throw new Trouble('One of them is a boundary, the other a baseline.', EXITS.unusable)
    return diffBaselines(before?.document ?? null, after.document)
  }
  if (before?.kind === 'baseline') throw new Trouble('One of them is a boundary, the other a baseline.', EXITS.unusable)
  const term = (document: Boundary) => Math.round((lapsesAt(document, now) - now) / DAY)
  return diffBoundaries(before?.document ?? null, after.document, catalogue, {
    before: before === null ? null : term(before.document),
    after: term(after.document),
  })
}
