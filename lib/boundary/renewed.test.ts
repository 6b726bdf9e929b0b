import { expect, it } from 'vitest'
import { parseBoundary } from './parse'
import { renewedText } from './renewed'

const SIGNED = Date.parse('2026-09-24T10:00:00Z')
const NOW = Date.parse('2026-12-20T09:00:00Z')

function renewed(source: string): string {
  const parsed = parseBoundary(source)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return renewedText(source, parsed.document, SIGNED, NOW)
}

it('moves the days of a term as far from now as they lay from the signature, and changes nothing else', () => {
  const source = `# who reads this?
agent: ab
review_by: "2026-12-03" # seventy days
mcp_scopes: {crm: [read]}
expires: 2026-12-23   # ninety
`
  expect(renewed(source)).toBe(`# who reads this?
agent: ab
review_by: 2027-02-28 # seventy days
mcp_scopes: {crm: [read]}
expires: 2027-03-20   # ninety
`)
})

it('leaves a term that counts from the signature as it is', () => {
  const source = 'agent: ab\nexpires: 60 days\n'
  expect(renewed(source)).toBe(source)
  expect(renewed('agent: ab\n')).toBe('agent: ab\n')
})

it('never asks for more than the longest term', () => {
  expect(renewed('agent: ab\nexpires: 2099-01-01')).toBe('agent: ab\nexpires: 2027-12-21')
})
