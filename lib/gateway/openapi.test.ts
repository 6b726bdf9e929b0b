import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openApiDocument, OPERATIONS } from '@/lib/gateway/openapi'
import { OPENAPI_VERSIONS } from '@/lib/gateway/openapi-schema'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-openapi-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const server = 'https://countersign.test'

/** What Redocly's linter says of a document, by its recommended rules: `[rule, where]` each, warnings too. */
function lint(document: unknown): string[] {
  const file = path.join(folder, 'openapi.json')
  writeFileSync(file, JSON.stringify(document))
  const config = path.join(folder, 'redocly.yaml')
  // one schema under allOf is how 3.0 says something beside a reference
  writeFileSync(config, 'extends: [recommended]\nrules:\n  no-illogical-composition-keywords: off\n')
  const cli = path.join(root, 'node_modules/@redocly/cli/bin/cli.js')
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const { stdout, stderr } = spawnSync(process.execPath, [cli, 'lint', file, '--config', config, '--format=json'], {
    env,
    encoding: 'utf8',
  })
  const said = stdout.slice(stdout.indexOf('{'))
  if (said === '') throw new Error(`The linter said nothing: ${stderr}`)
  const { problems } = JSON.parse(said) as { problems: { ruleId: string; message: string }[] }
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)
}

type Node = Record<string, unknown>
/** Everything in a document that is an object, with where it is. */
function* nodes(node: unknown, at: string): Generator<[string, Node]> {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) yield [at, node as Node]
  for (const [name, value] of Object.entries(node)) yield* nodes(value, `${at}/${name}`)
}

describe.each(OPENAPI_VERSIONS)('the document in OpenAPI %s', (version) => {
  const document = openApiDocument(server, version) as {
    openapi: string
    paths: Record<string, Record<string, Node>>
    components: { schemas: Record<string, Node> }
  }
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))

  it('has nothing that a linter finds wrong', () => {
    expect(document.openapi.startsWith(version)).toBe(true)
    expect(lint(document)).toEqual([])
    const broken = structuredClone(document)
    Object.assign(broken.paths['/api/v1/actions']?.post ?? {}, { operationId: 'readAction' })
    expect(lint(broken)).not.toEqual([])
  })

  it('gives every operation a name, a class to be in, and a type for each way it is refused', () => {
    expect(operations).toHaveLength(OPERATIONS.length)
    for (const { operationId, tags, responses } of operations) {
      expect({ operationId, tags }).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/) as string,
        tags: [expect.any(String)],
      })
      for (const [status, answer] of Object.entries(responses as Record<string, Node>).filter(
        ([each]) => Number(each) >= 400,
      ))
        expect([status, answer.content]).toEqual([
          status,
          { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        ])
    }
  })

  it('says of access requests the statuses their profile chose, with what is answered', () => {
    const responses = document.paths['/access/v1/requests']?.post?.['responses'] as Record<string, Node>
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['202', '400', '409', '410']))
    expect(responses).not.toHaveProperty('200')
    expect(responses['202']?.content).toHaveProperty('application/json')
  })

  it('closes no answer, since answers only grow, and what is sent', () => {
    const { Action = {}, ProposalRequest = {} } = document.components.schemas
    expect(
      [...nodes(Action, 'Action')].filter(([, { additionalProperties }]) => additionalProperties === false),
    ).toEqual([])
    expect(ProposalRequest.additionalProperties).toBe(false)
  })

  it('says of every integer how wide it is: generators take 32 bits for granted', () => {
    const integers = [...nodes(document, '')].filter(([, { type }]) => type === 'integer')
    expect(integers.length).toBeGreaterThan(10)
    expect(integers.filter(([, { format }]) => format !== 'int32' && format !== 'int64')).toEqual([])
    expect(document.components.schemas.Outcome).toMatchObject({ properties: { duration_ms: { format: 'int64' } } })
  })
})
