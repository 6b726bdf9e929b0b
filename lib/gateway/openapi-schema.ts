import { z } from 'zod'

/** Which OpenAPI a document is in: 3.1 says JSON Schema as it is; 3.0 is what many generators of clients still read alone. */
export const OPENAPI_VERSIONS = ['3.1', '3.0'] as const
export type OpenApiVersion = (typeof OPENAPI_VERSIONS)[number]

/** A document in the making: its version, and what is named in it so far. */
export type Naming = { version: OpenApiVersion; named: Record<string, unknown> }

const TARGETS = { '3.1': 'draft-2020-12', '3.0': 'openapi-3.0' } as const
const INT32 = 2 ** 31 - 1

/** The schema of a contract, in the dialect of a document's version; what it names goes into the document's `components`. */
export function schemaOf(contract: z.ZodType, io: 'input' | 'output', { version, named }: Naming): unknown {
  const {
    $schema: _,
    $defs,
    definitions,
    ...schema
  } = z.toJSONSchema(contract, { io, unrepresentable: 'any', target: TARGETS[version] }) as Record<string, unknown>
  for (const [name, definition] of Object.entries(($defs ?? definitions ?? {}) as Record<string, unknown>)) {
    const known = named[name] as { additionalProperties?: unknown } | undefined
    // what is sent and answered alike is as open as what is answered
    if (known === undefined || known.additionalProperties === false) named[name] = placed(definition, io)
  }
  return placed(schema, io)
}

/**
 * A schema as it stands in the document: zod's references point into the schema itself, and its names are no keyword; answers only grow, so none is
 * closed; an integer says how wide it is, since generators take 32 bits for granted; a moment is its format alone, and text in one of several forms is text.
 */
function placed(schema: unknown, io: 'input' | 'output'): unknown {
  if (Array.isArray(schema)) return schema.map((each) => placed(each, io))
  if (typeof schema !== 'object' || schema === null) return schema
  if (isText(schema)) return { type: 'string', ...('description' in schema && { description: schema.description }) }
  const kept = Object.entries(schema as Record<string, unknown>).filter(([name, value]) => {
    if (name === 'id') return typeof value !== 'string'
    if (name === 'additionalProperties') return !(io === 'output' && value === false)
    return !(name === 'pattern' && (schema as { format?: unknown }).format === 'date-time')
  })
  const {
    type,
    format,
    nullable,
    minimum = 0,
    maximum = Infinity,
  } = schema as Record<string, unknown> & { minimum?: number; maximum?: number }
  if (type === 'integer' && format === undefined)
    kept.push(['format', maximum > INT32 || minimum < -INT32 ? 'int64' : 'int32'])
  // 3.0 knows `nullable` only beside a type; what is named here is an object
  if (nullable === true && type === undefined) kept.push(['type', 'object'])
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string'
        ? value.replace(/^#\/(\$defs|definitions)\//, '#/components/schemas/')
        : placed(value, io),
    ]),
  )
}

type Form = { type?: string; enum?: unknown; const?: unknown }

/** Whether a schema is text in one of several forms, one of them open. */
const isText = (schema: object): boolean =>
  'anyOf' in schema &&
  (schema.anyOf as Form[]).every(({ type }) => type === 'string') &&
  (schema.anyOf as Form[]).some((form) => form.enum === undefined && form.const === undefined)
