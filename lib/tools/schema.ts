import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema'
import type { JsonObject } from '@/lib/core/json'

const validators = new WeakMap<JsonObject, Validator>()

/**
 * What is wrong with some arguments under a tool's JSON Schema (2020-12), in one line; null when nothing is. The line may
 * name a key the agent chose: it belongs to the payload, never to the ledger's entry.
 */
export function argumentProblem(schema: JsonObject | boolean, args: JsonObject): string | null {
  if (typeof schema === 'boolean') return schema ? null : 'The schema accepts no arguments.'
  let validator = validators.get(schema)
  if (validator === undefined) {
    validator = new Validator(schema as Schema, '2020-12')
    validators.set(schema, validator)
  }
  const { valid, errors } = validator.validate(args)
  return valid ? null : sentence(errors.at(-1))
}

function sentence(error: OutputUnit | undefined): string {
  return error === undefined
    ? 'The arguments do not fit.'
    : `${error.instanceLocation} (${error.keyword}): ${error.error}`.slice(0, 300)
}
