import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseBoundary } from './parse'

test('the boundary in the guide is one, and uses every key', () => {
  const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/guides/boundary.md'), 'utf8')
  const source = /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''
  const parsed = parseBoundary(source)
  expect(parsed).toMatchObject({ ok: true })
  for (const key of parsed.ok ? Object.keys(parsed.document) : []) {
    expect(source, key).toMatch(new RegExp(`^${key}:`, 'm'))
    expect(guide, key).toContain(`| \`${key}\``)
  }
})
