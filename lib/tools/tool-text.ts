import { countUnseen, spellOut } from '@/lib/core/hostile'
import type { JsonValue } from '@/lib/core/json'
import type { ToolDescription } from './digest'

/** What a server says of a tool as lines of text, always in the same order, so that two versions compare line by line. */
export function toolText({ title, description, annotations, schema }: ToolDescription): string {
  return [
    `title: ${title === '' ? 'none' : title}`,
    `description:${description === '' ? ' none' : ''}`,
    ...(description === ''
      ? []
      : description
          .replaceAll('\r\n', '\n')
          .split('\n')
          .map((line) => `  ${line}`)),
    `annotations: ${sorted(annotations)}`,
    `schema: ${sorted(schema)}`,
  ].join('\n')
}

/** How many characters of what a server says nobody would see: zero width, bidi, tags (C38). */
export function unseenIn(said: ToolDescription): number {
  return countUnseen(spellOut(toolText(said)))
}

function sorted(value: JsonValue): string {
  return value === null ? 'none' : JSON.stringify(inOrder(value), null, 2)
}

function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder)
  if (value === null || typeof value !== 'object') return value
  const keys = Object.keys(value).toSorted()
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key] ?? null)]))
}
