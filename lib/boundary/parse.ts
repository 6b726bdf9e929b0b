import type { Baseline, Boundary } from './boundary'
import { readElevation } from './read-elevation'
import { readLimits } from './read-limits'
import { readMode } from './read-mode'
import { readProtected } from './read-protected'
import { readWatch } from './read-watch'
import { Reader } from './reader'
import {
  readAccountable,
  readAsking,
  readAutonomous,
  readDay,
  readExpiry,
  readKillSwitch,
  readRules,
  readSandbox,
  readScopes,
  readWords,
} from './sections'
import { liftTools, readFloorSurfaces, readSurfaces } from './surfaces'
import { type BoundaryError, MOST_ERRORS, readYaml, type Tree } from './yaml'

export type Parsed<T> = { ok: true; document: T } | { ok: false; errors: BoundaryError[] }

/** Every key of the language, in the order people read them. */
export const BOUNDARY_KEYS = [
  'agent',
  'purpose',
  'sandbox',
  'mcp_scopes',
  'autonomous',
  'approval_required',
  'never',
  'audit',
  'kill_switch',
  'limits',
  'accountable',
  'expires',
  'review_by',
  'surfaces',
  'protected',
  'mode',
  'watch',
  'elevation',
] as const
const BASELINE_KEYS = ['purpose', 'never', 'approval_required', 'limits', 'surfaces'] as const
const SLUG = /^[a-z][a-z0-9-]{1,62}$/

type Section = <T, O = T>(key: string, read: (tree: Tree) => T, otherwise: O) => T | O

/**
 * Reads a boundary (C09; docs/guides/boundary.md): strict, every fault at once, each with line, column and what to do.
 * @param agent the slug it must be written for, when that is already known
 */
export function parseBoundary(source: string | Uint8Array, agent?: string): Parsed<Boundary> {
  return read(
    source,
    BOUNDARY_KEYS,
    (reader, section) => ({
      agent: section('agent', (tree) => readAgent(reader, tree, agent), ''),
      purpose: section('purpose', (tree) => readWords(reader, tree, 'purpose'), null),
      sandbox: section('sandbox', (tree) => readSandbox(reader, tree), null),
      mcp_scopes: section('mcp_scopes', (tree) => readScopes(reader, tree), {}),
      autonomous: section('autonomous', (tree) => readAutonomous(reader, tree), []),
      approval_required: section('approval_required', (tree) => readAsking(reader, tree), []),
      never: section('never', (tree) => readRules(reader, tree, 'never'), []),
      audit: section(
        'audit',
        (tree) => reader.word(tree, 'audit', ['all_tool_calls']) ?? 'all_tool_calls',
        'all_tool_calls',
      ),
      kill_switch: section('kill_switch', (tree) => readKillSwitch(reader, tree), null),
      limits: section('limits', (tree) => readLimits(reader, tree), {}),
      accountable: section('accountable', (tree) => readAccountable(reader, tree), {}),
      expires: section('expires', (tree) => readExpiry(reader, tree), null),
      review_by: section('review_by', (tree) => readDay(reader, tree, 'review_by'), null),
      ...section('surfaces', (tree) => ({ surfaces: readSurfaces(reader, tree) }), {}),
      ...section('protected', (tree) => ({ protected: readProtected(reader, tree) }), {}),
      ...section('mode', (tree) => readMode(reader, tree), {}),
      ...section('watch', (tree) => ({ watch: readWatch(reader, tree) }), {}),
      ...section('elevation', (tree) => ({ elevation: readElevation(reader, tree) }), {}),
    }),
    ['agent'],
  )
}

/** Reads the organisation's baseline (C44): what no boundary can loosen. */
export function parseBaseline(source: string | Uint8Array): Parsed<Baseline> {
  return read(
    source,
    BASELINE_KEYS,
    (reader, section) => ({
      purpose: section('purpose', (tree) => readWords(reader, tree, 'purpose'), null),
      never: section('never', (tree) => readRules(reader, tree, 'never'), []),
      approval_required: section('approval_required', (tree) => readAsking(reader, tree), []),
      limits: section('limits', (tree) => readLimits(reader, tree), {}),
      ...section('surfaces', (tree) => ({ surfaces: readFloorSurfaces(reader, tree) }), {}),
    }),
    [],
  )
}

function read<T>(
  source: string | Uint8Array,
  keys: readonly string[],
  build: (reader: Reader, section: Section) => T,
  required: readonly string[],
): Parsed<T> {
  const { tree, errors } = readYaml(source)
  if (errors.length > 0) return { ok: false, errors: errors.slice(0, MOST_ERRORS) }
  const reader = new Reader()
  // An empty text is an empty map here: its faults are the keys it must have.
  const root: Tree = tree ?? { kind: 'map', entries: [], line: 1, column: 1 }
  const entries = reader.map(root, '', `keys such as "agent: name"`, keys)
  if (keys.includes('agent')) liftTools(reader, entries)
  for (const key of required) {
    if (root.kind === 'map' && !entries.has(key))
      reader.fail(root, key, 'missing_key', `"${key}" is missing: add "${key}: …".`)
  }
  const document = build(reader, (key, readSection, otherwise) => {
    const entry = entries.get(key)
    return entry === undefined ? otherwise : readSection(entry.value)
  })
  if (reader.errors.length === 0) return { ok: true, document }
  return {
    ok: false,
    errors: reader.errors.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_ERRORS),
  }
}

function readAgent(reader: Reader, tree: Tree, expected: string | undefined): string {
  const slug = reader.text(tree, 'agent', 'the name of an agent')
  if (slug === null) return ''
  if (!SLUG.test(slug)) {
    reader.fail(
      tree,
      'agent',
      'invalid_name',
      'An agent is named with small letters, digits and "-", such as "support-triage".',
    )
  } else if (expected !== undefined && slug !== expected) {
    reader.fail(tree, 'agent', 'wrong_agent', `This boundary is for "${slug}", not for "${expected}".`)
  }
  return slug
}
