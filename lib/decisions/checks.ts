import type { CompiledBoundary, CompiledFloor } from '@/lib/boundary/compile'
import { type Sandbox, SANDBOX_BOUNDS } from '@/lib/boundary/boundary'
import { decisiveSecrets } from '@/lib/core/secrets'
import { foldName, guardedBy } from '@/lib/resources/resource'
import { splitContinuation } from '@/lib/tools/continuation'
import { argumentProblem } from '@/lib/tools/schema'
import { executesCode, stakesOf, type CatalogueTool } from '@/lib/tools/tool'
import { type Reason, reasonFor, STEPS } from './decision'
import type { Facts } from './facts'
import { limitReasons } from './limits'

/** What is protected, and steps 7 to 11: what does not depend on who may do what, but on this very call. Each only makes the answer stricter. */
export function checkReasons(
  facts: Facts,
  name: string,
  boundary: CompiledBoundary,
  baseline: CompiledFloor | null,
): Reason[] {
  return [
    ...changed(facts),
    ...guarded(facts),
    ...kept(facts, boundary),
    ...schema(facts),
    ...untrusted(facts, name),
    ...limitReasons(boundary.limits, facts, 'limits'),
    ...limitReasons(baseline?.limits ?? {}, facts, 'baseline.limits'),
    ...sandbox(facts, name, boundary.sandbox),
    ...secrets(facts),
  ]
}

/** Step 5 (C18): what somebody signed or confirmed was about the words of before, even where the tool is named under `autonomous`. */
function changed({ tool }: Facts): Reason[] {
  if (tool?.changed !== true) return []
  const reason = reasonFor('unclassified_tool', STEPS.rules, 'catalogue.changed')
  return [{ ...reason, text: 'What its server says of this tool has changed, and nobody has read it yet.' }]
}

/** Whether a person said that a tool only reads, of the tool as it is now. */
const reads = (tool: CatalogueTool | null): boolean => tool?.class?.access === 'read' && tool.changed !== true

/**
 * Step 5, whatever the boundary says (C21): only what a person classed as a read touches a protected resource without anybody.
 * One hold for all of them, so that an approval of the action is an approval of every change in it.
 */
function guarded({ guarded: resources, tool }: Facts): Reason[] {
  if (resources.length === 0 || reads(tool)) return []
  const named = resources.map(({ type, name }) => `${type} ${name}`).join(', ')
  const text = 'A person marked what it changes as protected, so a person approves each change.'
  return [{ ...reasonFor('approval_required', STEPS.rules, 'resource.protected', `Protected: ${named}.`), text }]
}

/** The same for what the boundary itself names under `protected`: one hold an entry, by its place. */
function kept({ action, tool }: Facts, { protected: { names, types } }: CompiledBoundary): Reason[] {
  if (reads(tool)) return []
  const whole = action.resource === null ? undefined : types.get(foldName(action.resource.type))
  const met = [...guardedBy(names, action).map(({ id }) => Number(id)), ...(whole === undefined ? [] : [whole])]
  return met.toSorted((a, b) => a - b).map((at) => reasonFor('approval_required', STEPS.rules, `protected[${at}]`))
}

/** Step 7 (C18): of the arguments of the tool's own, not of what is answered beside them in another round of a call (ADR 0056). */
function schema({ tool, action }: Facts): Reason[] {
  if (tool?.schema === undefined) return []
  const problem = argumentProblem(tool.schema, splitContinuation(action.arguments).args)
  return problem === null ? [] : [reasonFor('invalid_arguments', STEPS.arguments, 'schema', problem)]
}

/** Step 8 (C13): after untrusted content, only what a person classed as a plain read goes on without anybody. */
function untrusted({ run, tool }: Facts, name: string): Reason[] {
  if (!run.tainted || isPlainRead(tool, name)) return []
  return [reasonFor('untrusted_content', STEPS.untrusted, null)]
}

function isPlainRead(tool: CatalogueTool | null, name: string): boolean {
  const known = tool?.class ?? null
  return known !== null && reads(tool) && stakesOf(known).length === 0 && !executesCode(name, tool)
}

/** Step 10 (C40): what runs code needs an attestation of at least the sandbox the boundary states. */
function sandbox({ run, tool }: Facts, name: string, asked: Sandbox | null): Reason[] {
  if (asked === null || !executesCode(name, tool) || (run.sandbox !== null && satisfies(run.sandbox, asked))) return []
  return [reasonFor('sandbox_missing', STEPS.sandbox, 'sandbox')]
}

const EGRESS = ['any', 'allowlist', 'none']
const FILESYSTEM = ['any', 'workspace', 'read_only']

/** Whether an attested sandbox is at least as tight as the one asked for. */
export function satisfies(attested: Sandbox, asked: Sandbox): boolean {
  const hosts = new Set(asked.hosts)
  return (
    (attested.isolated || !asked.isolated) &&
    (attested.credentials === 'none' || asked.credentials !== 'none') &&
    EGRESS.indexOf(attested.egress) >= EGRESS.indexOf(asked.egress) &&
    (asked.hosts.length === 0 || attested.egress === 'none' || attested.hosts.every((host) => hosts.has(host))) &&
    FILESYSTEM.indexOf(attested.filesystem) >= FILESYSTEM.indexOf(asked.filesystem) &&
    SANDBOX_BOUNDS.every((name) => (attested[name] ?? Infinity) <= (asked[name] ?? Infinity))
  )
}

/** Step 11 (C41). */
function secrets({ action }: Facts): Reason[] {
  return decisiveSecrets(action.arguments).map((kind) =>
    reasonFor('secret_in_arguments', STEPS.secrets, `secrets.${kind}`),
  )
}
