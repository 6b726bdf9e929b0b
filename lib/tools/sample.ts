import type { JsonObject, JsonValue } from '@/lib/core/json'

const LONGEST = 2_000
const DEPTH = 4

/**
 * Arguments that have the shape a tool's schema asks for, as JSON to begin with: its examples, defaults and first choices, and the
 * empty value of a type where it has none. `{}` where the schema says nothing; never longer than 2,000 characters.
 */
export function sampleArguments(schema: JsonObject | boolean | undefined): string {
  const made = typeof schema === 'object' ? sample(schema, DEPTH) : {}
  const text = JSON.stringify(isObject(made) ? made : {}, null, 2)
  return text.length > LONGEST ? '{}' : text
}

function sample(schema: JsonValue | undefined, depth: number): JsonValue {
  if (!isObject(schema) || depth === 0) return null
  const { examples, enum: choices } = schema
  for (const given of [schema.default, Array.isArray(examples) ? examples[0] : schema.example, schema.const])
    if (given !== undefined) return given
  if (Array.isArray(choices) && choices[0] !== undefined) return choices[0]
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' || isObject(schema.properties)) return sampleObject(schema, depth)
  if (type === 'array') return []
  if (type === 'integer' || type === 'number') return typeof schema.minimum === 'number' ? schema.minimum : 0
  return type === 'boolean' ? false : type === 'null' ? null : ''
}

function sampleObject({ properties, required }: JsonObject, depth: number): JsonObject {
  const known = isObject(properties) ? properties : {}
  const asked = Array.isArray(required) ? required.filter((key) => typeof key === 'string') : []
  const keys = [...asked, ...Object.keys(known).filter((key) => !asked.includes(key))].slice(0, 40)
  return Object.fromEntries(keys.map((key) => [key, sample(Object.hasOwn(known, key) ? known[key] : {}, depth - 1)]))
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
