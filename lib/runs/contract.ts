import { z } from 'zod'
import { DEFAULT_LEASE_SECONDS, LONGEST_LEASE_SECONDS } from '@/lib/runs/leases'

const text = (max: number) => z.string().max(max)
const named = (max: number) => z.string().min(1).max(max)

const amount = z.int().min(1).max(Number.MAX_SAFE_INTEGER)

/** A sandbox in the words of a boundary (C40): what a runner attests for one request, or what a run says of itself when it is opened. */
export const attestation = z
  .strictObject({
    isolated: z.boolean(),
    credentials: z.enum(['any', 'none']),
    egress: z.enum(['any', 'allowlist', 'none']),
    hosts: z.array(named(253)).max(500).default([]),
    filesystem: z.enum(['any', 'workspace', 'read_only']),
    time: amount.optional().describe('the longest it runs, in milliseconds'),
    memory: amount.optional().describe('bytes, of all its processes together'),
    processes: amount.optional().describe('processes and threads'),
  })
  .meta({ id: 'SandboxAttestation' })
export type Attestation = z.infer<typeof attestation>

/** `POST /api/v1/runs` */
export const runInput = z
  .strictObject({
    sandbox: attestation
      .optional()
      .describe(
        'what it says of its sandbox: kept, and satisfies no boundary. What does is attested for each request (ADR 0050)',
      ),
    untrusted_sources: z.array(named(512)).max(50).optional(),
    lease_seconds: z
      .int()
      .min(5)
      .max(LONGEST_LEASE_SECONDS)
      .optional()
      .describe(
        `how long it lives without a word: ${String(DEFAULT_LEASE_SECONDS)} unless said; with \`renews\` no longer than the organisation and the agent allow`,
      ),
    renews: z
      .boolean()
      .optional()
      .describe('its client holds the lease: it renews it in time, and stops by itself when it cannot'),
    host: named(253).optional().describe('where it runs, for whoever has to end it there'),
  })
  .meta({ id: 'RunRequest' })
export type RunInput = z.infer<typeof runInput>

export const runOutput = z
  .strictObject({
    id: z.string(),
    status: z.enum(['open', 'ended']),
    tainted: z.boolean().describe('it has read, or inherited, content nobody vouches for'),
    lease_until: z.string(),
    lease_seconds: z
      .int()
      .describe('how long the lease is from the moment the request was sent: no clock has to agree with another'),
    renews: z.boolean(),
  })
  .meta({ id: 'Run' })
export type RunOutput = z.infer<typeof runOutput>

/** A count of a model's tokens, in and out together. */
export const tokensUsed = z.int().min(0).max(1_000_000_000_000)

const tokensOfRun = tokensUsed
  .optional()
  .describe('tokens of the model this run has used so far, all together, those of its actions included')

/** `POST /api/v1/runs/{id}/lease`: keeps the run alive so many seconds from now; 0 ends it. */
export const leaseInput = z
  .strictObject({
    seconds: z
      .int()
      .min(0)
      .max(LONGEST_LEASE_SECONDS)
      .optional()
      .describe('a run that renews gets no more than its organisation and its agent allow'),
    untrusted_sources: z.array(named(512)).max(50).optional(),
    tokens_used: tokensOfRun,
  })
  .meta({ id: 'Lease' })
export type LeaseInput = z.infer<typeof leaseInput>

/** Why the agent did it, in its own words (C27). */
export const reasoning = z
  .strictObject({
    summary: text(8_000).optional(),
    signals: z.array(text(2_000)).max(50).optional(),
    intel: z.array(text(2_000)).max(50).optional(),
    skill: text(256).optional(),
    confidence: z.number().min(0).max(1).optional(),
  })
  .meta({ id: 'Reasoning' })
export type Reasoning = z.infer<typeof reasoning>

/** What it relies on. `untrusted` says that nobody vouches for the content: its run is tainted from then on. */
export const evidence = z
  .strictObject({
    title: named(500),
    uri: text(2_048).optional(),
    excerpt: text(8_000).optional(),
    untrusted: z.boolean().optional(),
  })
  .meta({ id: 'Evidence' })
export type Evidence = z.infer<typeof evidence>

/** What a proposed change was tried on before it was proposed (C21): the agent's own account of it. */
export const testedAgainst = z
  .strictObject({
    data: named(500).describe('what it was tried on: a data set, a period, a staging system'),
    uri: text(2_048).optional(),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, 'A digest is “sha256:” and 64 hexadecimal digits.')
      .optional()
      .describe('of that data, where somebody should be able to try it again'),
    result: text(2_000).optional(),
    passed: z.boolean().optional(),
  })
  .meta({ id: 'TestedAgainst' })
export type TestedAgainst = z.infer<typeof testedAgainst>

export const resource = z.strictObject({ type: named(128), id: named(512) }).meta({ id: 'Resource' })
export type Resource = z.infer<typeof resource>

/** `POST /api/v1/runs/{id}/conclusions`: a verdict the agent reached without calling a tool (C25). */
export const conclusionInput = z
  .strictObject({
    conclusion: named(500).describe('in a few words: "benign, closed"'),
    resource: resource.optional(),
    reasoning: reasoning.optional(),
    evidence: z.array(evidence).max(50).optional(),
    tokens_used: tokensOfRun,
  })
  .meta({ id: 'Conclusion' })
export type ConclusionInput = z.infer<typeof conclusionInput>

export const conclusionOutput = z
  .strictObject({ id: z.string(), run: z.string(), recorded_at: z.string() })
  .meta({ id: 'ConclusionRecorded' })
