import { ACCESSES } from '@/lib/tools/tool'
import type { JsonObject } from '@/lib/core/json'
import { CADENCES, CATEGORIES, MOST_PROCESSES } from './boundary'
import { LIMIT_KINDS, LIMITS } from './limits'
import { MOST_APPROVALS } from './read-asking'
import { MOST_STEPS } from './read-escalation'
import { KILL_SWITCH_WORDS, SANDBOX_WORDS } from './sentences'

/** A scalar: the language reads every one of them as its text, and an editor may read a number. */
const text = (description: string, more: JsonObject = {}): JsonObject => ({
  type: ['string', 'number'],
  description,
  ...more,
})
const words = (description: string): JsonObject => text(description, { maxLength: 500 })
const list = (items: JsonObject, description: string): JsonObject => ({ type: 'array', items, description })
const map = (properties: JsonObject, description: string, required: string[] = []): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  properties,
  description,
  ...(required.length > 0 && { required }),
})

const TOOL = text('a tool: "name" or "server.name"')
const WHEN = text('a CEL condition over args, agent, run, resource, now', { maxLength: 1000 })
const DURATION = { type: 'string', pattern: '^[1-9][0-9]{0,4}[mhd]$', description: 'a time, such as 30m, 4h or 2d' }
const rule = (more: JsonObject = {}): JsonObject => ({
  anyOf: [TOOL, map({ tool: TOOL, when: WHEN, reason: words('why this rule is here'), ...more }, 'a rule', ['tool'])],
})
const escalation = map(
  {
    escalate_to: {
      anyOf: [text('who may answer as well'), list(text('who may answer as well'), 'any of these may answer as well')],
      description: 'as under "by"',
    },
    after: { ...DURATION, description: 'how long it has waited then' },
  },
  'after so long, who may answer as well',
  ['escalate_to', 'after'],
)
const asking = rule({
  by: {
    anyOf: [text('who may answer'), list(text('who may answer'), 'any of these may answer')],
    description: 'analyst, ciso, on_call, owner, team:NAME or an address; left out: an analyst',
  },
  approvals: {
    type: ['integer', 'string'],
    minimum: 1,
    maximum: MOST_APPROVALS,
    description: 'how many people approve',
  },
  in_order: {
    enum: [true, false, 'true', 'false'],
    description: 'each of "by" has a seat, and they are taken in the order they are written',
  },
  then: {
    anyOf: [escalation, { ...list(escalation, 'one step after the other'), minItems: 1, maxItems: MOST_STEPS }],
    description: 'who may answer as well while nobody has',
  },
  within: { ...DURATION, description: 'how long it waits before it expires, which is a refusal; left out: 24h' },
  passkey: {
    enum: [true, 'true', 'both'],
    description: 'approving takes a passkey (true), or rejecting as well (both); left out: by what is at stake',
  },
})
const autonomous = rule({
  override: words('why it runs alone although its class calls for a person; the signer sees this apart'),
})
const three = (entry: JsonObject, more: JsonObject = {}): JsonObject =>
  map(
    {
      autonomous: list(entry, 'runs alone'),
      approval_required: list(entry, 'waits for a person'),
      never: list(entry, 'is refused'),
      ...more,
    },
    'three lists; the strictest match wins',
  )
const workspace = text('the absolute directory in which paths begin')
const tools = {
  autonomous: list(autonomous, 'tools that run alone'),
  approval_required: list(asking, 'tools that wait for a person'),
  never: list(rule(), 'tools that are refused, whatever else is written'),
}

/** The keys of a boundary, as an editor needs them. `parseBoundary` is the rule; this is what an editor can know without it. */
export const BOUNDARY_PROPERTIES: JsonObject = {
  agent: text('the agent this boundary is for', { pattern: '^[a-z][a-z0-9-]{1,62}$' }),
  purpose: words('what the agent is for'),
  sandbox: {
    anyOf: [
      text(`words: ${SANDBOX_WORDS}`),
      map(
        {
          isolated: { enum: [true, false, 'true', 'false'] },
          credentials: { enum: ['any', 'none'] },
          egress: { enum: ['any', 'allowlist', 'none'] },
          hosts: list(text('a host, such as api.example.com'), 'the only hosts an allow-list may hold'),
          filesystem: { enum: ['any', 'workspace', 'read_only'] },
          time: { ...DURATION, description: 'how long a command may run, at most 24h; then it is killed' },
          memory: text('how much memory all its processes may have together, such as 512MB or 4GiB', {
            pattern: '^[1-9][0-9]{0,6}(MB|GB|MiB|GiB)$',
          }),
          processes: text('how many processes and threads it may have', {
            pattern: '^[1-9][0-9]{0,5}$',
            minimum: 1,
            maximum: MOST_PROCESSES,
          }),
        },
        'what code execution must attest',
      ),
    ],
  },
  mcp_scopes: {
    type: 'object',
    description: 'per server, what is in scope',
    additionalProperties: list({ enum: [...ACCESSES] }, '[read], [write] or [read, write]'),
  },
  ...tools,
  surfaces: map(
    {
      workspace,
      tools: map(tools, 'the three lists of tools, for whoever writes surface by surface'),
      commands: three(text('a command, such as "git diff *"'), { workspace }),
      code: three(text('files that may be changed, such as "src/**"'), { workspace }),
      data: three(text('files or resources, such as "docs/**", "secrets" or "customer:*"'), { workspace }),
    },
    'what is judged by more than the name of a tool',
  ),
  protected: list(text('a resource: "type/name" or "type/*"'), 'resources of which every change asks a person'),
  audit: { const: 'all_tool_calls' },
  kill_switch: {
    anyOf: [
      text(`words: ${KILL_SWITCH_WORDS}`),
      map(
        { scope: { enum: ['organisation', 'team', 'agent'] }, tested: { enum: [...CADENCES] } },
        'which halt, and how often it is rehearsed',
      ),
    ],
  },
  limits: map(
    Object.fromEntries(LIMITS.map((limit) => [limit, text(LIMIT_KINDS[limit].words)])),
    'how much before a person is asked',
  ),
  accountable: map(
    Object.fromEntries(CATEGORIES.map((category) => [category, words(`who answers for ${category}`)])),
    'who answers for which kind of action; the rest falls to the owner',
  ),
  mode: text(
    '"enforce", or "observe until 2026-12-24": decides and records, and enforces only never, the baseline and halts',
  ),
  watch: list(
    {
      anyOf: [
        { const: 'new_tool' },
        map(
          {
            ...Object.fromEntries(
              ['forbidden', 'rejected', 'failed', 'calls'].map((kind) => [
                kind,
                text('how many within how long, such as "5 within 10m"', {
                  pattern: '^[1-9][0-9]{0,3} within [1-9][0-9]{0,4}[mhd]$',
                }),
              ]),
            ),
            new_tool: { enum: [true, 'true'] },
            run_longer_than: DURATION,
            then: { enum: ['halt', 'alert'] },
          },
          'one thing that is watched, and what follows: halt (the default) or alert',
        ),
      ],
    },
    'what halts this agent by itself, or raises an alert',
  ),
  elevation: map(
    {
      mcp_scopes: { $ref: '#/properties/mcp_scopes' },
      tools: list(autonomous, 'tools that may be granted'),
      longest: { ...DURATION, description: 'how long one grant lasts at most; left out: 4h' },
      granted_by: {
        anyOf: [text('who grants'), list(text('who grants'), 'any of these grants')],
        description: 'ciso, analyst, on_call, owner, team:NAME or an address; left out: a ciso',
      },
    },
    'the most people may grant for a while, with a reason and an end',
  ),
  expires: text('the last day it is in force (2027-03-31), or "60 days" from the signature'),
  review_by: text('the last day before a review is due (2027-03-31)'),
}

/** The JSON Schema (2020-12) of a boundary, for editors: completion, and what each key means. */
export function boundarySchema(publicUrl: URL): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: new URL('/api/boundary.schema.json', publicUrl).href,
    title: 'A Countersign boundary',
    type: 'object',
    additionalProperties: false,
    required: ['agent'],
    properties: BOUNDARY_PROPERTIES,
  }
}
