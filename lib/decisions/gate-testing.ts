import type { CatalogueTool, ToolClass } from '@/lib/tools/tool'
import type { ReasonCode } from './decision'
import { evaluate } from './evaluate'
import type { Facts } from './facts'
import { baselineOf, boundaryOf, factsFor, NOW } from './testing'

/** The boundary and the baseline most tests of the gate ask. */
export const BOUNDARY = boundaryOf(`agent: support-triage
sandbox: isolated, network egress = allowlist only
mcp_scopes:
  crm: [read]
  files: [read, write]
  mail: [write]
  local: [read]
autonomous:
  - files.purge_cache
  - summarise
  - {tool: web.fetch, override: "Public status pages only; nothing of ours is in the address."}
  - {tool: files.export, when: "args.rows < 100"}
  - {tool: files.lock, when: "args.missing.deep"}
approval_required:
  - refund_request
  - {tool: files.share, when: "args.role == 'editor'"}
  - {tool: files.tag, when: "args.missing.deep"}
never:
  - delete_customer
  - files.wipe
  - {tool: files.move, when: "args.missing.deep"}
limits: {calls_per_hour: 100}
`)
const BASELINE = baselineOf(`never: [transfer_ownership]
approval_required: [{tool: files.publish, when: "agent.environment == 'production'"}]
limits: {calls_per_day: 500}
`)
export const READ: ToolClass = { access: 'read' }
export const EDIT: ToolClass = { access: 'write', reversible: true }
export const baseline = { version: 1, digest: 'sha256:bb', document: BASELINE }

/** The same call with other arguments. */
export function args(given: Facts['action']['arguments']) {
  return (facts: Facts): Partial<Facts> => ({ action: { ...facts.action, arguments: given } })
}

export function tainted(facts: Facts): Partial<Facts> {
  return { run: { ...facts.run, tainted: true } }
}

export function lapsed(facts: Facts): Partial<Facts> {
  return { boundary: facts.boundary && { ...facts.boundary, lapsesAt: NOW } }
}

export function toolOf(facts: Facts): CatalogueTool {
  return facts.tool ?? { name: facts.action.tool, class: null }
}

export function approvalOf(facts: Facts, code: ReasonCode, rule: string): Facts['approval'] {
  return {
    boundaryDigest: facts.boundary?.digest ?? '',
    baselineDigest: facts.baseline?.digest ?? null,
    holds: [{ code, rule }],
  }
}

/** What the gate answers to one call under BOUNDARY; `known` undefined: the catalogue does not have the tool. */
export function judge(tool: string, known: ToolClass | null | undefined, change?: (facts: Facts) => Partial<Facts>) {
  const facts = factsFor(BOUNDARY, tool, { tool: known === undefined ? null : { name: tool, class: known } })
  return evaluate({ ...facts, ...change?.(facts) })
}
