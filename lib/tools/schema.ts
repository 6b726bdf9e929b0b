import { format, type OutputUnit, type SchemaDraft, Validator } from '@cfworker/json-schema'
import { type JsonObject, jsonSize, type JsonValue } from '@/lib/core/json'
import { normaliseSchema } from './normalise'
import { compilePattern } from './pattern'

/** What is wrong with some arguments, in one line; null when nothing is. */
export type SchemaCheck = (args: JsonObject) => string | null

/** Schema nodes times argument nodes: beyond this the arguments are refused unread. */
const MOST_STEPS = 5_000_000
const MOST_UNIQUE = 500
const FORMAT = 'countersign-pattern:'

const checks = new WeakMap<JsonObject, SchemaCheck>()

/**
 * What is wrong with some arguments under a tool's JSON Schema; null when nothing is. The line may hold what the agent sent:
 * it belongs to the payload, never to the ledger's entry.
 * @throws Error when the schema itself cannot be used (`schemaProblem` says why); the gate then forbids
 */
export function argumentProblem(schema: JsonObject | boolean, args: JsonObject): string | null {
  if (typeof schema === 'boolean') return schema ? null : 'The schema accepts no arguments.'
  let check = checks.get(schema)
  if (check === undefined) {
    check = compileSchema(schema)
    checks.set(schema, check)
  }
  return check(args)
}

/** Why a schema cannot be used to check arguments, for the person who confirms the tool; null when it can. */
export function schemaProblem(schema: JsonObject | boolean): string | null {
  try {
    argumentProblem(schema, {})
    return null
  } catch (error) {
    return error instanceof Error ? error.message : 'The schema cannot be read.'
  }
}

function compileSchema(schema: JsonObject): SchemaCheck {
  const { schema: normal, size, unique } = normaliseSchema(schema, asFormat)
  const validator = new Validator(normal, draftOf(schema))
  return (args) => {
    if (size * jsonSize(args) > MOST_STEPS) return 'The arguments are too large to be checked.'
    if (unique && hasLongList(args))
      return `A list has more than ${MOST_UNIQUE} items, too many to compare with each other.`
    const { valid, errors } = validator.validate(args)
    return valid ? null : sentence(errors.at(-1))
  }
}

/**
 * The name of a format that runs a pattern by RE2. The library runs `pattern` by the JavaScript engine, and offers no other
 * place for a check of our own than its table of formats.
 */
function asFormat(pattern: string): string | null {
  const name = FORMAT + pattern
  if (Object.hasOwn(format, name)) return name
  const test = compilePattern(pattern)
  if (test === null) return null
  format[name] = (text: string) => test(text) === true
  return name
}

function draftOf({ $schema }: JsonObject): SchemaDraft {
  if (typeof $schema !== 'string') return '2020-12'
  if ($schema.includes('draft-04')) return '4'
  if ($schema.includes('draft-06') || $schema.includes('draft-07')) return '7'
  return $schema.includes('2019-09') ? '2019-09' : '2020-12'
}

function hasLongList(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length > MOST_UNIQUE || value.some(hasLongList)
  return value !== null && typeof value === 'object' && Object.values(value).some(hasLongList)
}

function sentence(error: OutputUnit | undefined): string {
  if (error === undefined) return 'The arguments do not fit.'
  const what = error.error.replace(FORMAT, '')
  return `${error.instanceLocation} (${error.keyword}): ${what}`.slice(0, 300)
}
