import type { Boundary, Sandbox } from './boundary'
import { listed, type Sentence } from './reach'

/** How bad something is that an agent may do alone, worst first; `bound` is what bounds all of it. */
export const WEIGHTS = ['unenforced', 'leaves', 'stakes', 'execution', 'unknown', 'write', 'read', 'bound'] as const
export type Weight = (typeof WEIGHTS)[number]

/**
 * One line of the blast radius: what it may do alone, and the clause of the document that lets it. `exit` is set on what can carry
 * out of the organisation what was read, in words; `source` on what reads.
 */
export type RadiusItem = {
  weight: Weight
  says: Sentence
  clause: string | null
  exit?: string
  source?: string
}

/** Where code an agent runs would run, in words. */
export function inside(sandbox: Sandbox | null): string {
  if (sandbox === null) return ' wherever its harness runs, with whatever that reaches'
  const files = { any: '', workspace: ', files of the workspace', read_only: ', files it cannot change' }
  const keys = sandbox.credentials === 'none' ? '' : ', the credentials around it'
  return ` in a sandbox${sandbox.isolated ? ' of its own' : ''} with ${network(sandbox)}${files[sandbox.filesystem]}${keys}`
}

function network({ egress, hosts }: Sandbox): string {
  if (egress === 'allowlist') return hosts.length > 0 ? `only ${listed(hosts, 3)}` : 'an allow-list of hosts'
  return egress === 'none' ? 'no network' : 'any network'
}

/** Where code an agent runs can send what was read; null where the sandbox has no network. */
export function exitOf(what: string, { sandbox }: Pick<Boundary, 'sandbox'>): { exit?: string } {
  if (sandbox?.egress === 'none') return {}
  return { exit: `${what}, with ${sandbox === null ? 'any network' : network(sandbox)}` }
}
