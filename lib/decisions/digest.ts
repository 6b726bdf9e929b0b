import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'
import type { Attributes } from '@/lib/decisions/contract'

/** What an approval is for and a grant is bound to. Ids are public ones, so that whoever holds the answer can recompute it. */
export type Digested = {
  /** `agt_…` */
  agent: string
  /** `server.tool` */
  tool: string
  arguments: JsonObject
  resource: { type: string; id: string } | null
  /** on whose request, as said */
  requester: { type: string; id: string } | null
  /** `run_…` */
  run: string | null
  /** `sha256:…` of the boundary it was judged by; null where none was signed */
  boundary: string | null
  /** what a foreign protocol said beside it; absent where nothing was, and then not digested */
  attributes?: Attributes
}

/**
 * The digest of an action (DESIGN §4): SHA-256 over the RFC 8785 form of a random salt and everything that makes it this
 * action. Without the salt, which is kept with the payload, nobody can guess what was digested.
 * @param salt base64url of 16 random bytes
 */
export function actionDigest(action: Digested, salt: string): Buffer {
  return sha256(digestedBytes(action, salt))
}

/** The bytes the digest is the SHA-256 of: what somebody who does not trust this server hashes again. */
export function digestedBytes(action: Digested, salt: string): Buffer {
  const { agent, tool, arguments: args, resource, requester, run, boundary, attributes } = action
  const said = attributes === undefined ? {} : { attributes }
  return canonicalBytes({ v: 1, salt, agent, tool, arguments: args, resource, requester, run, boundary, ...said })
}

/**
 * The bytes whose keyed hash says that two proposals ask a person the same: everything but the salt and the run, what the agent says
 * nobody vouches for, and why it was held, since an approval discharges exactly the holds recorded with it.
 * @param untrusted the names of what nobody vouches for, sorted
 * @param holds the matches at the winning strictness, in the order they are told
 * @param baseline `sha256:…` of the baseline in force; null where there is none
 */
export function samenessBytes(
  action: Digested,
  untrusted: readonly string[],
  holds: readonly { code: string; rule: string | null }[],
  baseline: string | null,
): Buffer {
  const { agent, tool, arguments: args, resource, requester, boundary, attributes } = action
  const why = holds.map(({ code, rule }) => [code, rule])
  return canonicalBytes({
    v: 2,
    agent,
    tool,
    arguments: args,
    resource,
    requester,
    boundary,
    untrusted: [...untrusted],
    why,
    ...(baseline !== null && { baseline }),
    ...(attributes !== undefined && { attributes }),
  })
}

/** The bytes whose keyed hash says that two proposals would do the same, whatever they were judged by. */
export function deedBytes({ agent, tool, arguments: args, resource, requester, attributes }: Digested): Buffer {
  const said = attributes === undefined ? {} : { attributes }
  return canonicalBytes({ v: 1, agent, tool, arguments: args, resource, requester, ...said })
}
