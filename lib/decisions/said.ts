import type { JsonObject } from '@/lib/core/json'
import type { Attributes } from '@/lib/decisions/contract'
import {
  evidence,
  reasoning,
  resource,
  testedAgainst,
  type Evidence,
  type Reasoning,
  type Resource,
  type TestedAgainst,
} from '@/lib/runs/contract'

/** What the payload of an `action.decided` entry says, as screens show it: all of it the agent's own words. */
export type Said = {
  tool: string | null
  arguments: unknown
  /** The arguments as text, as they were recorded. */
  argumentsRaw: string
  resource: Resource | null
  requester: { type: string; id: string; proof: 'asserted' | 'verified' } | null
  /** what an enforcement point said of subject and resource, for conditions */
  attributes: Attributes | null
  reasoning: Reasoning | null
  evidence: readonly Evidence[]
  untrustedSources: readonly string[]
  testedAgainst: readonly TestedAgainst[]
  reasons: readonly { code: string; text: string; rule: string | null }[]
  /** what a boundary that only observed would have answered */
  observed: { decision: 'hold' | 'forbid'; reasons: Said['reasons'] } | null
}

const NOTHING: Said = {
  tool: null,
  arguments: {},
  argumentsRaw: '{}',
  resource: null,
  requester: null,
  attributes: null,
  reasoning: null,
  evidence: [],
  untrustedSources: [],
  testedAgainst: [],
  reasons: [],
  observed: null,
}

/**
 * Reads a payload that was opened. It was written by us and checked against its commitment, but perhaps by an older
 * version: what is not of the form we know is left out, and never shown as something else.
 */
export function readSaid(payload: unknown): Said {
  if (!isObject(payload)) return NOTHING
  const { arguments: args = {}, reasons, untrusted_sources: sources } = payload
  return {
    tool: typeof payload.tool === 'string' ? payload.tool : null,
    arguments: args,
    argumentsRaw: JSON.stringify(args, undefined, 2),
    resource: resource.safeParse(payload.resource).data ?? null,
    requester: requesterIn(payload.requester),
    attributes: attributesIn(payload.attributes),
    reasoning: reasoning.safeParse(payload.reasoning).data ?? null,
    evidence: list(payload.evidence).flatMap((each) => evidence.safeParse(each).data ?? []),
    untrustedSources: list(sources).filter((each) => typeof each === 'string'),
    testedAgainst: list(payload.tested_against).flatMap((each) => testedAgainst.safeParse(each).data ?? []),
    reasons: list(reasons).flatMap(reasonIn),
    observed: observedIn(payload.observed),
  }
}

function requesterIn(value: unknown): Said['requester'] {
  if (!isObject(value) || typeof value.type !== 'string' || typeof value.id !== 'string') return null
  // Only what says that it was verified was: everything else is the agent's word.
  return { type: value.type, id: value.id, proof: value.proof === 'verified' ? 'verified' : 'asserted' }
}

function attributesIn(value: unknown): Said['attributes'] {
  if (!isObject(value) || !isObject(value.subject) || !isObject(value.resource)) return null
  const { type, id, properties } = value.subject
  if (typeof type !== 'string' || typeof id !== 'string' || !isObject(properties)) return null
  // what JSON gave
  return { subject: { type, id, properties: properties as JsonObject }, resource: value.resource as JsonObject }
}

function observedIn(value: unknown): Said['observed'] {
  if (!isObject(value) || (value.decision !== 'hold' && value.decision !== 'forbid')) return null
  return { decision: value.decision, reasons: list(value.reasons).flatMap(reasonIn) }
}

function reasonIn(value: unknown): { code: string; text: string; rule: string | null }[] {
  if (!isObject(value) || typeof value.code !== 'string' || typeof value.text !== 'string') return []
  const detail = typeof value.detail === 'string' ? ` ${value.detail}` : ''
  return [{ code: value.code, text: value.text + detail, rule: typeof value.rule === 'string' ? value.rule : null }]
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
