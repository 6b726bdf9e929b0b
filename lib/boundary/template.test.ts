import { expect, test } from 'vitest'
import { parseBaseline, parseBoundary } from './parse'
import { BASELINE_TEMPLATE, templateFor } from './template'

test('what a first draft begins with is a boundary, and grants no write', () => {
  const parsed = parseBoundary(templateFor('soc-triage'), 'soc-triage')
  expect(parsed.ok && parsed.document.mcp_scopes).toEqual({ tickets: ['read'] })
  expect(parsed.ok && parsed.document.autonomous).toEqual([])
  expect(parseBaseline(BASELINE_TEMPLATE).ok).toBe(true)
})
