import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { ACCESSES, type Access } from '@/lib/tools/tool'
import type { Elevation } from './boundary'
import { durationWords } from './duration'

/** What somebody asks for: part of the ceiling, for a while. `lengthMs` counts from the moment it is granted. */
export type AskedElevation = { scopes: Record<string, Access[]>; tools: string[]; lengthMs: number }

/** Every way in which what is asked for is more than the ceiling; empty when it is not. */
export function aboveCeiling(ceiling: Elevation | undefined, { scopes, tools, lengthMs }: AskedElevation): string[] {
  if (ceiling === undefined) return ['The boundary in force lets nobody grant anything for a while.']
  const named = new Set(ceiling.tools.map(({ tool }) => tool))
  return [
    ...Object.entries(scopes).flatMap(([server, asked]) =>
      asked
        .filter((access) => ceiling.mcp_scopes[server]?.includes(access) !== true)
        .map((access) => `To ${access} at ${server} is not under its ceiling.`),
    ),
    ...tools.filter((tool) => !named.has(tool)).map((tool) => `${tool} is not under its ceiling.`),
    ...(lengthMs > ceiling.longest ? [`It lasts at most ${durationWords(ceiling.longest)}.`] : []),
  ]
}

/** Scopes out of the words of a form (`crm:write`), in the order of the ceiling, each once. Unknown words are dropped. */
export function scopesOf(words: readonly string[]): Record<string, Access[]> {
  const scopes: Record<string, Access[]> = {}
  for (const word of [...words].sort()) {
    const at = word.lastIndexOf(':')
    const access = ACCESSES.find((one) => one === word.slice(at + 1))
    const server = word.slice(0, Math.max(at, 0))
    if (access === undefined || server === '') continue
    const known = Object.hasOwn(scopes, server) ? (scopes[server] ?? []) : []
    if (!known.includes(access)) scopes[server] = [...known, access]
  }
  return scopes
}

/** What an approver agrees with: this, for this long, for this reason, asked by this person. 32 bytes. */
export function elevationDigest(
  id: string,
  agentId: string,
  by: string,
  reason: string,
  asked: AskedElevation,
): Buffer {
  return sha256(canonicalBytes({ v: 1, elevation: id, agent: agentId, by, reason, ...asked }))
}

/** What it grants, in words: `write at crm, crm.bulk_close`. */
export function elevationWords(scopes: Readonly<Record<string, readonly string[]>>, tools: readonly string[]): string {
  const parts = [...Object.entries(scopes).map(([server, access]) => `${access.join(' and ')} at ${server}`), ...tools]
  return parts.join(', ')
}
