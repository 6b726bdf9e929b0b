import type { Path } from './plain'
import { type Place, readYaml, type Tree } from './yaml'

/** Where a part of a text stands, both from 1: its key where it has one. Of what is not there the nearest thing around it. */
export function placeIn(source: string, path: Path): Place {
  let at: Tree | null = readYaml(source).tree
  let found: Place = { line: 1, column: 1 }
  for (const step of path) {
    const entry = at?.kind === 'map' ? at.entries.find(({ key }) => key.value === step) : undefined
    const next: Tree | undefined = at?.kind === 'list' ? at.items[Number(step)] : entry?.value
    if (next === undefined) break
    found = entry?.key ?? next
    at = next
  }
  return { line: found.line, column: found.column }
}

/** `approval_required[1].when` as a path. */
export function pathOf(rule: string): Path {
  return [...rule.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? String(key) : Number(index),
  )
}
