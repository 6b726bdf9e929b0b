import type { FastifyInstance } from 'fastify'
import { challengeOutput } from '@/lib/decisions/challenge'
import { hookTokenInput, hookTokenList, hookTokenOutput } from '@/lib/agents/hook-contract'
import { boundarySchema } from '@/lib/boundary/json-schema'
import { z } from 'zod'
import { FAULTS, type FaultCode } from '@/lib/core/fault'
import { judge } from '@/lib/core/judge'
import {
  actionOutput,
  answerInput,
  emptyInput,
  idempotencyKey,
  introspectionInput,
  introspectionOutput,
  outcomeInput,
  claimInput,
  proposalInput,
  waitQuery,
} from '@/lib/decisions/contract'
import { ACCESS_OPERATIONS } from '@/lib/gateway/openapi-access'
import { LOG_OPERATIONS } from '@/lib/gateway/openapi-log'
import type { Operation } from '@/lib/gateway/openapi-operation'
import { OPENAPI_VERSIONS, schemaOf, type Naming, type OpenApiVersion } from '@/lib/gateway/openapi-schema'
import type { Gateway } from '@/lib/gateway/routes'
import {
  acknowledgementInput,
  acknowledgementOutput,
  engagedOutput,
  engageInput,
  haltsOutput,
} from '@/lib/halt/contract'
import { firingInput, firingOutput, versionInput, versionOutput } from '@/lib/resources/contract'
import { conclusionInput, conclusionOutput, leaseInput, runInput, runOutput } from '@/lib/runs/contract'

const ID = ['invalid_id', 'not_found'] as const
const DECIDING = ['stop_only', 'clock_skew', 'cannot_record'] as const
const after = {
  'Last-Event-ID': { schema: z.string().regex(/^\d{1,18}$/), description: 'the id of the last event seen' },
}
const key = {
  'Idempotency-Key': { schema: idempotencyKey, description: 'per agent, for 24 hours; another body under it is 422' },
}

const webhook = {
  'webhook-id': { schema: z.string(), description: 'a source’s message; the same again engages nothing again' },
  'webhook-timestamp': { schema: z.string(), description: 'seconds since 1970, within five minutes' },
  'webhook-signature': { schema: z.string(), description: '`v1,` and HMAC-SHA-256 in base64' },
}

/** Every address of the native API, with the contracts the routes judge by. A test compares it with what is registered. */
export const OPERATIONS: readonly Operation[] = [
  { method: 'post', path: '/api/v1/actions', id: 'propose', summary: 'Propose an action; the answer is its decision', body: proposalInput, headers: key, output: actionOutput, refusals: ['idempotency_mismatch', 'not_found', 'wrong_state', 'attestation_refused', ...DECIDING] },
  { method: 'get', path: '/api/v1/actions/{id}', id: 'readAction', summary: 'Where an action stands; waits up to 25 s for a held one to change', query: waitQuery, output: actionOutput, refusals: ['stop_only', ...ID] },
  { method: 'post', path: '/api/v1/actions/{id}/grant', id: 'claimGrant', summary: 'Claim the grant of an approved action; the gate runs again', body: claimInput, output: actionOutput, refusals: ['wrong_state', 'frozen', 'grant_invalid', 'attestation_refused', ...DECIDING, ...ID] },
  { method: 'post', path: '/api/v1/actions/{id}/outcome', id: 'reportOutcome', summary: 'Report how an action ended, with its grant', body: outcomeInput, output: actionOutput, refusals: ['grant_invalid', 'wrong_state', ...ID] },
  { method: 'post', path: '/api/v1/actions/{id}/withdrawal', id: 'withdraw', summary: 'Give up a held action', body: emptyInput, output: actionOutput, refusals: ['wrong_state', 'stop_only', ...ID] },
  { method: 'post', path: '/api/v1/actions/{id}/answer', id: 'answer', summary: 'Answer an approver’s question', body: answerInput, output: actionOutput, refusals: ['wrong_state', 'stop_only', ...ID] },
  { method: 'post', path: '/api/v1/sandbox-challenges', id: 'challengeSandbox', summary: 'What a runner of this agent has to enforce now, and a nonce for one attestation of it', body: emptyInput, output: challengeOutput, refusals: ['stop_only'] },
  { method: 'post', path: '/api/v1/grants/introspect', id: 'introspect', summary: 'Check a grant against what is about to run, and consume it; every refusal is recorded, and guesses are counted', body: introspectionInput, output: introspectionOutput, refusals: ['stop_only'] },
  { method: 'post', path: '/api/v1/runs', id: 'openRun', summary: 'Open a run; the server mints its id', body: runInput, output: runOutput, refusals: ['too_many_runs', 'stop_only'] },
  { method: 'post', path: '/api/v1/runs/{id}/lease', id: 'leaseRun', summary: 'Keep a run alive, or end it with 0 seconds: what it still asks is then withdrawn. A lease that lapsed can be renewed for four hours', body: leaseInput, output: runOutput, refusals: ['wrong_state', 'too_many_runs', 'stop_only', ...ID] },
  { method: 'post', path: '/api/v1/runs/{id}/conclusions', id: 'conclude', summary: 'Record a verdict reached without a tool call', body: conclusionInput, output: conclusionOutput, refusals: ['wrong_state', 'frozen', 'stop_only', ...ID] },
  { method: 'post', path: '/api/v1/resources/{type}/{id}/firings', id: 'reportFiring', summary: 'Report that a protected resource fired; only the agent named on it is heard', body: firingInput, output: firingOutput, refusals: ['idempotency_mismatch', 'not_found'] },
  { method: 'post', path: '/api/v1/resources/{type}/{id}/versions', id: 'reportVersion', summary: 'Report which version of a protected resource is in force', body: versionInput, output: versionOutput, refusals: ['not_found'] },
  { method: 'get', path: '/api/v1/halts/stream', id: 'hearHalts', summary: 'Server-sent events: `state` first, then `engaged` and `lifted`; `drill` when a rehearsal begins', headers: after, other: { type: 'text/event-stream', description: 'The data of `state` is {"halts": […]}, of the others one halt, or one rehearsal.' }, refusals: [] },
  { method: 'post', path: '/api/v1/halts/{id}/acknowledgement', id: 'acknowledgeHalt', summary: 'Say that this agent stopped, and which of its runs; of a rehearsal (`drl_…`), that it would have', body: acknowledgementInput, output: acknowledgementOutput, refusals: ID },
  { method: 'post', path: '/api/v1/hook-tokens', id: 'makeHookToken', summary: 'Make a token for a session of Claude Code: good for its hooks alone, at most 24 hours', body: hookTokenInput, output: hookTokenOutput, refusals: ['conflict', 'stop_only'] },
  { method: 'get', path: '/api/v1/hook-tokens', id: 'listHookTokens', summary: 'The newest hook tokens of this agent, without themselves', output: hookTokenList, refusals: [] },
  { method: 'post', path: '/api/v1/hook-tokens/{id}/revocation', id: 'revokeHookToken', summary: 'End a hook token now', body: emptyInput, output: hookTokenList, refusals: ID },
  { method: 'post', path: '/api/v1/security-events', id: 'pushSecurityEvent', summary: 'An identity provider pushes a Security Event Token (RFC 8935): the agents of whom it is about are halted. The token is the credential; 400 is `{err, description}` of RFC 8935 §2.4', open: true, sends: 'application/secevent+jwt', status: 202, refusals: ['unavailable'] },
  { method: 'post', path: '/api/v1/halts', id: 'engageHalt', summary: 'Engage a halt: with a person’s token for halts, or signed by a source that was set up for it (Standard Webhooks, `?source=src_…`). Nothing here lifts one', person: true, query: z.object({ source: z.string() }), headers: webhook, body: engageInput, output: engagedOutput, refusals: ['not_permitted', 'not_found', 'idempotency_mismatch', 'unavailable'] },
  { method: 'get', path: '/api/v1/halts', id: 'listHalts', summary: 'The halts in force, for a person’s token', person: true, output: haltsOutput, refusals: ['not_permitted'] },
  ...LOG_OPERATIONS,
  ...ACCESS_OPERATIONS,
] // prettier-ignore

const documentQuery = z.strictObject({ version: z.enum(OPENAPI_VERSIONS).default('3.1') })

const ALWAYS: readonly FaultCode[] = ['internal', 'too_many_requests', 'unavailable']
const WITH_TOKEN: readonly FaultCode[] = ['unauthenticated', 'invalid_credential']
const WITH_BODY: readonly FaultCode[] = ['invalid_json', 'invalid_request', 'too_large', 'unsupported_media_type']

/** The OpenAPI document of the native API, made from the zod contracts the routes judge by. */
export function openApiDocument(server: string, version: OpenApiVersion = '3.1'): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  const named: Record<string, unknown> = { Problem: PROBLEM }
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation, { version, named }) }
  return {
    openapi: version === '3.1' ? '3.1.0' : '3.0.3',
    info: {
      title: 'Countersign',
      version: '1',
      license: { name: 'Apache-2.0', ...(version === '3.1' ? { identifier: 'Apache-2.0' } : { url: 'https://www.apache.org/licenses/LICENSE-2.0' }) },
      description: 'What agents and executors call. Version 1 only grows. Whatever is not a 200 with an allow and a grant means: do not run it.',
    },
    servers: [{ url: server }],
    security: [{ agent: [] }],
    paths,
    components: {
      schemas: named,
      securitySchemes: { point: { type: 'http', scheme: 'bearer', description: 'the token of an enforcement point, made in /settings/enforcement-points' }, person: { type: 'http', scheme: 'bearer', description: 'an API token of somebody who reads the record, made in /settings/tokens' }, agent: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: new URL('/oauth/token', server).href, scopes: { act: 'propose and act', halts: 'hear of halts, acknowledge them, report outcomes' } } } } },
    },
  } // prettier-ignore
}

/** `GET /api/openapi.json` (`?version=3.0` for generators that read no 3.1), and `GET /api/boundary.schema.json` for editors of boundaries; both public. */
export async function openApiRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.get('/api/openapi.json', async (request, reply) => {
    const { version } = judge(documentQuery, request.query)
    return reply.header('cache-control', 'public, max-age=300').send(openApiDocument(gateway.issuer(), version))
  })
  app.get('/api/boundary.schema.json', async (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('application/schema+json')
      .send(JSON.stringify(boundarySchema(new URL(gateway.issuer())))),
  )
}

function described(operation: Operation, naming: Naming): Record<string, unknown> {
  const { id, summary, open, person, point, body, sends, status = 200, query, headers = {}, path } = operation
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: schemaOf(schema as z.ZodType, 'input', naming),
  }))
  const inHeader = Object.entries(headers).map(([name, { schema, description }]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: schemaOf(schema, 'input', naming),
  }))
  const parameters = [...inPath, ...inQuery, ...inHeader]
  return {
    operationId: id,
    tags: [tagOf(path)],
    summary,
    ...(open === true && { security: [] }),
    ...(person === true && { security: [{ person: [] }] }),
    ...(point === true && { security: [{ point: [] }, { agent: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: body !== emptyInput && body !== claimInput, content: { 'application/json': { schema: schemaOf(body, 'input', naming) } } } }),
    ...(sends !== undefined && { requestBody: { required: true, content: { [sends]: { schema: { type: 'string' } } } } }),
    responses: { [status]: answered(operation, naming), ...refusedBy(operation) },
  } // prettier-ignore
}

/** What an operation is about, by which generators make their classes. */
const tagOf = (path: string): string =>
  path.includes('authzen') ? 'access' : (/^\/(?:api\/v1\/)?([a-z-]+)/.exec(path)?.[1] ?? 'other')

function answered(operation: Operation, naming: Naming): Record<string, unknown> {
  const { output, other } = operation
  if (operation.status === 202 && output === undefined) return { description: 'Taken' }
  if (other) return { description: other.description, content: { [other.type]: { schema: { type: 'string' } } } }
  return {
    description: operation.status === 202 ? 'Taken' : 'Done',
    content: { 'application/json': { schema: output ? schemaOf(output, 'output', naming) : {} } },
  }
}

/** One answer a status, naming the codes it can carry. */
function refusedBy({ refusals, problems = {}, body, open }: Operation): Record<string, unknown> {
  const codes = [...new Set([...refusals, ...ALWAYS, ...(open === true ? [] : WITH_TOKEN), ...(body ? WITH_BODY : [])])]
  const said = [...grouped(codes)].map(
    ([status, those]) => [status, those.map((code) => `\`${code}\`: ${FAULTS[code].title}.`).join(' ')] as const,
  )
  const byStatus = new Map(said)
  for (const [status, text] of Object.entries(problems)) {
    const before = byStatus.get(Number(status))
    byStatus.set(Number(status), before === undefined ? text : `${before} ${text}`)
  }
  return Object.fromEntries(
    [...byStatus].map(([status, description]) => [
      String(status),
      { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    ]),
  )
}

// Map.groupBy needs Node 21
function grouped(codes: readonly FaultCode[]): Map<number, FaultCode[]> {
  const all = new Map<number, FaultCode[]>()
  for (const code of codes) all.set(FAULTS[code].status, [...(all.get(FAULTS[code].status) ?? []), code])
  return all
}

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457. `code` is closed: branch on it.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer', format: 'int32' },
    code: { type: 'string', enum: Object.keys(FAULTS) },
    detail: { type: 'string' },
    field: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { field: { type: 'string' }, detail: { type: 'string' } } } },
    request_id: { type: 'string' },
  },
} // prettier-ignore
